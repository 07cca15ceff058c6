//! Makes up a register to measure by: `cargo run --release --example generate -- --records 1000000 FILE`.

use std::error::Error;
use std::path::Path;

#[path = "../benches/generate/mod.rs"]
#[allow(dead_code)] // the benches use the rest
mod generate;

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [option, records, file] = args.as_slice() else { return Err("generate --records NUMBER FILE".into()) };
    if option != "--records" {
        return Err("generate --records NUMBER FILE".into());
    }
    generate::write(Path::new(file), records.parse()?)?;
    println!(
        "{file}: {} agreements of {} records; look at it from {}",
        records.parse::<u64>()?.div_ceil(generate::EACH),
        generate::EACH,
        generate::LAST_DAY
    );
    Ok(())
}
