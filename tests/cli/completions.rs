//! `obligo completions`

use crate::support::Register;

#[test]
fn each_shell_has_completions_of_every_verb() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let ran = Register::nowhere().obligo(&format!("completions {shell}")).succeeded();
        for verb in ["status", "record", "timeline", "notice-received"] {
            assert!(ran.stdout.contains(verb), "{shell} knows nothing of {verb}");
        }
    }
    Register::nowhere().obligo("completions cmd.exe").ended(2);
}

#[test]
fn bash_can_read_its_completions() {
    let register = Register::nowhere();
    register.file("obligo.bash", register.obligo("completions bash").succeeded().stdout);
    let bash = std::process::Command::new("bash").arg("-n").arg(register.folder.path().join("obligo.bash")).status();
    if let Ok(status) = bash {
        assert!(status.success());
    } else {
        eprintln!("skipped: bash is not installed");
    }
}
