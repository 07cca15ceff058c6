//! Instructions that replay, assess and compute take, counted by `valgrind --tool=callgrind`: a count hardly moves on a noisy machine. A
//! count that is more than a tenth above the one in `counts.txt` fails; `OBLIGO_WRITE_COUNTS=1 cargo bench --bench counts` writes them anew.

use std::error::Error;
use std::path::Path;
use std::process::{Command, ExitCode};

use chrono::Days;
use obligo::rule_sets;
use rules::assess;
use rules::gather::Gathered;
use rules::time::{Clause, Counting, Period, Span, compute};

#[allow(dead_code)] // the ratios use the rest
mod generate;

type Outcome<T> = Result<T, Box<dyn Error>>;

/// What is counted: its name, how often it is done, and how many things are done each time.
const WORK: [(&str, u32, u32); 4] = [("replay", 5, 1000), ("unpack", 5, 1000), ("assess", 5, 5), ("compute", 500, 1)];

/// How much more than was written down is too much.
const RISE: f64 = 1.1;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| arg != "--bench").collect();
    let done = match args.as_slice() {
        [name, times] => times.parse().map_err(Into::into).and_then(|times| work(name, times)).map(|()| true),
        _ => count_all(),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Whether nothing takes too much.
fn count_all() -> Outcome<bool> {
    if Command::new("valgrind").arg("--version").output().is_err() {
        println!("skipped: valgrind is not installed");
        return Ok(true);
    }
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/counts.txt");
    let known = std::fs::read_to_string(&file).unwrap_or_default();
    let known = |name: &str| known.lines().find_map(|line| line.strip_prefix(name)?.trim().parse::<f64>().ok());
    let (mut written, mut is_good) = (String::new(), true);
    for (name, times, each) in WORK {
        // What is done before it is done in both.
        let count = (counted(name, times)? - counted(name, 0)?) / f64::from(times) / f64::from(each);
        written.push_str(&format!("{name} {count:.0}\n"));
        let verdict = match known(name) {
            Some(known) if count > known * RISE => "short",
            Some(_) => "ok",
            None => "new",
        };
        is_good &= verdict != "short";
        println!("count {name} {count:.0} known {:.0} {verdict}", known(name).unwrap_or_default());
    }
    if std::env::var_os("OBLIGO_WRITE_COUNTS").is_some() {
        std::fs::write(file, written)?;
        return Ok(true);
    }
    Ok(is_good)
}

fn counted(name: &str, times: u32) -> Outcome<f64> {
    let run = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(std::env::current_exe()?)
        .args([name, &times.to_string()])
        .output()?;
    let said = String::from_utf8_lossy(&run.stderr);
    let count = said.lines().find_map(|line| line.split_once("Collected :")?.1.trim().parse().ok());
    count.ok_or_else(|| format!("valgrind said: {said}").into())
}

fn work(name: &str, times: u32) -> Outcome<()> {
    match name {
        "replay" => {
            let entries: Vec<Vec<u8>> = generate::entries(1000).collect();
            for _ in 0..times {
                let mut gathered = Gathered::default();
                (1..).zip(&entries).for_each(|(seq, entry)| gathered.take_entry(seq, entry));
                std::hint::black_box(gathered.finish());
            }
        }
        "unpack" => {
            let records: Vec<_> = generate::records(1000).collect();
            let pack = events::compact::pack(&records).ok_or("it is packed")?;
            for _ in 0..times {
                let mut gathered = Gathered::default();
                events::compact::unpack(&pack, &mut |_| None, &mut |stream, fact| gathered.take(stream, fact))?;
                std::hint::black_box(gathered.finish());
            }
        }
        "assess" => {
            let mut gathered = Gathered::default();
            (1..).zip(generate::entries(500)).for_each(|(seq, entry)| gathered.take_entry(seq, &entry));
            let (register, _) = gathered.finish();
            let rules = &rule_sets::newest().set;
            for _ in 0..times {
                std::hint::black_box(assess(&register, Vec::new(), rules, generate::LAST_DAY));
            }
        }
        "compute" => {
            let almanac = &rule_sets::newest().set.almanac;
            let regime = almanac.regimes.iter().find(|regime| regime.id == "eu-1182-71").ok_or("a regime")?;
            let counting = Counting { calendars: almanac.calendar("EU").into_iter().collect(), ..Counting::by(regime) };
            let clause = Clause::act(Period::of_days(20));
            for days in 0..times {
                let day = generate::LAST_DAY - Days::new(days.into());
                std::hint::black_box(compute(Span::day(day), &clause, &counting));
            }
        }
        _ => return Err(format!("{name}: replay, unpack, assess or compute").into()),
    }
    Ok(())
}
