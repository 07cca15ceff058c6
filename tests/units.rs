//! What runs the run: the units of dist/systemd as systemd reads them, with the paths of a register filled in, and the line for cron.

mod support;

use std::path::Path;
use std::process::Command;

use support::{Ran, Register, root, run};

/// A folder whose name has all that a unit or a shell could stumble over.
const ODD: &str = "50% of $HOME's \"files\"";

const SETTINGS: &str = r#"
register = "register.db"

[mail]
from = "obligo@example.org"
host = "localhost"
encryption = "none"
user = "obligo"
password = "credential:obligo.mail"

[[webhook]]
name = "desk"
url = "https://example.org/hook"
secret = "credential:obligo.desk"

[files]
calendar = "www/due.ics"

[ping]
url = "env:PING"
"#;

/// A register that `obligo.toml` names, in a folder of that name.
fn set_up(folder: &str) -> Register {
    let register = Register::nowhere();
    let here = register.folder.path().join(folder);
    std::fs::create_dir_all(here.join("www")).unwrap();
    std::fs::write(here.join("obligo.toml"), SETTINGS).unwrap();
    in_folder(&register, folder, "init").succeeded();
    register
}

fn in_folder(register: &Register, folder: &str, line: &str) -> Ran {
    let mut command = register.command(line);
    command.current_dir(register.folder.path().join(folder)).env_remove("OBLIGO_REGISTER").env("USER", "root");
    run(&mut command)
}

/// The lines of a unit with this key.
fn lines<'a>(unit: &'a str, key: &str) -> Vec<&'a str> {
    unit.lines().filter_map(|line| line.strip_prefix(key)?.strip_prefix('=')).collect()
}

/// What `systemd-analyze` says of units; `None`, and the reason said, where there is none.
fn analyzed(arguments: &[&str]) -> Option<Ran> {
    let mut command = Command::new("systemd-analyze");
    // Units of one's own are read beside those that run, of whom there are none here.
    let folder = tempfile::tempdir().unwrap();
    command.args(arguments).env("XDG_RUNTIME_DIR", folder.path());
    if command.output().is_err() {
        eprintln!("skipped: systemd-analyze is not installed");
        return None;
    }
    Some(run(&mut command))
}

/// Units as they were printed, in files of their own; `systemd` takes each.
fn systemd_takes(printed: &str, whose: &str) {
    let folder = tempfile::tempdir().unwrap();
    let mut files = Vec::new();
    for unit in printed.split("# /").skip(1) {
        let (path, text) = unit.split_once('\n').unwrap();
        let file = folder.path().join(Path::new(path).file_name().unwrap());
        std::fs::write(&file, text).unwrap();
        files.push(file.to_str().unwrap().to_string());
    }
    assert_eq!(files.len(), 3, "{printed}");
    for file in &files {
        if let Some(ran) = analyzed(&["verify", "--man=no", whose, file]) {
            assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{file}\n{printed}");
        }
    }
}

#[test]
fn the_units_that_are_shipped_are_taken_by_systemd() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["obligo.service", "obligo.timer", "obligo-failed.service"] {
        let text = std::fs::read_to_string(root().join("dist/systemd").join(name)).unwrap();
        std::fs::write(folder.path().join(name), text.replace("/usr/bin/obligo", env!("CARGO_BIN_EXE_obligo"))).unwrap();
    }
    for name in ["obligo.timer", "obligo-failed.service"] {
        if let Some(ran) = analyzed(&["verify", "--man=no", folder.path().join(name).to_str().unwrap()]) {
            assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{name}");
        }
    }
    let service = folder.path().join("obligo.service");
    // Of ten; what is left is the network, which it needs, and files that others may read.
    if let Some(ran) = analyzed(&["security", "--offline=true", "--threshold=20", service.to_str().unwrap()]) {
        assert_eq!(ran.code, 0, "{}", ran.stdout);
    }
}

#[test]
fn units_for_the_machine_have_our_paths_and_are_hardened() {
    let register = set_up("office");
    let printed = in_folder(&register, "office", "install-timer --system --run-as root --dry-run").succeeded().stdout;
    let here = register.folder.path().join("office");
    let here = here.to_str().unwrap();
    assert!(printed.starts_with("# /etc/systemd/system/obligo.service\n"), "{printed}");
    assert_eq!(lines(&printed, "User"), ["root"]);
    assert_eq!(lines(&printed, "WorkingDirectory"), [here]);
    // The file of settings names the register and its key; it is found from its folder.
    assert_eq!(lines(&printed, "ExecStart")[0], format!("{} run", env!("CARGO_BIN_EXE_obligo")));
    assert_eq!(lines(&printed, "LoadCredential"), ["obligo.mail", "obligo.desk"]);
    assert_eq!(lines(&printed, "ReadWritePaths"), [format!("{here} {here}/www")]);
    assert_eq!(lines(&printed, "Persistent"), ["true"]);
    for (key, value) in [("ProtectSystem", "strict"), ("NoNewPrivileges", "yes"), ("OnFailure", "obligo-failed.service")] {
        assert_eq!(lines(&printed, key), [value]);
    }
    systemd_takes(&printed, "--system");
    // What queues mail changes its group, which a hardened unit may not.
    let by_sendmail = SETTINGS.replace("host = \"localhost\"\nencryption = \"none\"", "sendmail = \"/usr/sbin/sendmail\"");
    std::fs::write(Path::new(here).join("obligo.toml"), by_sendmail).unwrap();
    let printed = in_folder(&register, "office", "install-timer --system --dry-run").succeeded().stdout;
    assert_eq!(lines(&printed, "NoNewPrivileges"), Vec::<&str>::new());
    assert_eq!(lines(&printed, "User"), ["root"], "who runs it, if nobody else is said");
}

#[test]
fn units_of_ones_own_are_written_where_systemd_looks_and_again_the_same() {
    let register = set_up("office");
    let first = in_folder(&register, "office", "install-timer").succeeded();
    let folder = register.folder.path().join(".config/systemd/user");
    let service = std::fs::read_to_string(folder.join("obligo.service")).unwrap();
    assert_eq!((lines(&service, "User"), lines(&service, "ReadWritePaths"), lines(&service, "After")), (vec![], vec![], vec![]));
    assert_eq!(lines(&service, "LoadCredential")[0], "obligo.mail:%h/.config/credstore/obligo.mail");
    let first = first.says("systemctl --user daemon-reload && systemctl --user enable --now obligo.timer").says("enable-linger");
    assert_eq!(in_folder(&register, "office", "install-timer").succeeded(), first);
    assert_eq!(std::fs::read_dir(folder).unwrap().count(), 3);
    let printed = in_folder(&register, "office", "install-timer --dry-run").succeeded().stdout;
    assert!(printed.contains(&service), "what is printed is what is written");
    systemd_takes(&printed, "--user");
}

#[test]
fn a_register_that_is_given_is_given_to_the_run_whatever_its_path() {
    let register = set_up(ODD);
    let line = format!("install-timer --dry-run --system --register '{}'", "register.db");
    let printed = in_folder(&register, ODD, &line).succeeded().stdout;
    let exec = lines(&printed, "ExecStart")[0];
    assert!(exec.contains("run --register \"/") && exec.ends_with("/50%% of $$HOME's \\\"files\\\"/register.db\""), "{exec}");
    systemd_takes(&printed, "--system");
}

#[test]
fn the_line_for_cron_runs_it() {
    let register = set_up(ODD);
    let line = in_folder(&register, ODD, "install-timer --cron").succeeded().stdout;
    let command = line.trim().strip_prefix("15 5 * * * ").unwrap();
    assert!(!command.replace("\\%", "").contains('%'), "to cron a bare % ends the line: {command}");
    // As cron would: from elsewhere, with hardly an environment.
    let plain = SETTINGS.split("[mail]").next().unwrap();
    std::fs::write(register.folder.path().join(ODD).join("obligo.toml"), plain).unwrap();
    let mut shell = Command::new("/bin/sh");
    shell.args(["-c", &command.replace("\\%", "%")]).current_dir("/").env_clear();
    let ran = run(shell.env("HOME", register.folder.path()));
    assert_eq!((ran.code, ran.stdout.as_str()), (0, ""), "{}", ran.stderr);
    let verified: serde_json::Value = serde_json::from_str(&in_folder(&register, ODD, "verify --json").stdout).unwrap();
    assert_eq!(verified["log"]["size"], 1, "the record that it ran");
}

#[test]
fn no_timer_is_installed_for_a_register_that_is_none() {
    let register = Register::nowhere();
    for line in ["install-timer", "install-timer --cron", "install-timer --system --dry-run --run-as root"] {
        register.obligo(line).ended(1).warns("register.db");
    }
    assert!(!register.folder.path().join(".config").exists());
}
