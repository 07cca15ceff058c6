//! `obligo where`

use crate::support::{Register, run};

#[test]
fn the_flag_comes_before_the_environment_the_settings_and_the_data_folder() {
    let register = Register::nowhere();
    register.obligo("where").succeeded().says("register.db").says("OBLIGO_REGISTER").says("obligo init");
    register.obligo("where --register here.db").succeeded().says("here.db").says("--register");
    register.obligo("--register here.db where").succeeded().says("here.db").says("--register");
    let alone = |line: &str| run(register.command(line).env_remove("OBLIGO_REGISTER"));
    alone("where").succeeded().says(".local/share/obligo/obligo.db").says("data folder");
    register.file("obligo.toml", "register = \"by-settings.db\"");
    alone("where").succeeded().says("by-settings.db").says("obligo.toml");
    let inner = register.folder.path().join("a/b");
    std::fs::create_dir_all(&inner).unwrap();
    run(register.command("where").env_remove("OBLIGO_REGISTER").current_dir(&inner)).succeeded().says("by-settings.db");
}

#[test]
fn the_data_folder_is_made_for_a_first_register() {
    let register = Register::nowhere();
    let alone = |line: &str| run(register.command(line).env_remove("OBLIGO_REGISTER"));
    alone("status").ended(1).warns("there is no register");
    alone("init").succeeded();
    alone("status").succeeded();
    alone("where").succeeded().says_not("not there yet");
    run(register.command("where").env_remove("OBLIGO_REGISTER").env("XDG_DATA_HOME", "/elsewhere"))
        .succeeded()
        .says("/elsewhere/obligo/obligo.db");
}
