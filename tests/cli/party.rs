//! `obligo party`

use crate::support::{Register, SMALL, unstamped};

#[test]
fn what_it_owes_alone_is_owed_and_does_together_stand_apart() {
    Register::demo()
        .obligo("party KR --as-of 2026-11-21")
        .succeeded()
        .says("Republic of Korea (KR): 3 agreements")
        .says("What KR alone owes")
        .says("What KR alone is owed")
        .says("uk-kr-dp/20a");
}

#[test]
fn its_case_is_forgiven_and_a_stranger_is_not() {
    let demo = Register::demo();
    let told = |line: &str| unstamped(&demo.obligo(line).succeeded().stdout);
    assert_eq!(told("party kr"), told("party KR"));
    demo.obligo("party US").ended(3).warns("E0504").warns("`US`");
}

#[test]
fn nobody_is_a_party_before_it_was_known() {
    Register::demo().obligo("party JP --known-at 2025-02-12").ended(3);
    Register::demo().obligo("party JP --known-at 2025-02-13").succeeded();
}

#[test]
fn what_several_owe_or_are_owed_is_not_told_as_of_one_alone() {
    let third = "[[party]]\nid = \"CC\"\nname = \"Country C\"\n\n[[source]]";
    let text = SMALL.replace("[[source]]", third).replace("by = [\"AA\", \"BB\"]", "by = [\"AA\", \"BB\"]\nto = [\"CC\"]");
    let register = Register::with(&[("small.toml", &text)]);
    register
        .obligo("party AA")
        .succeeded()
        .says("(AA): 1 agreement,")
        .says("What AA alone owes (1)")
        .says("together with others (1)");
    register.obligo("party BB").succeeded().says("What BB alone owes (0)").says("What is owed to BB and to others (1)");
    register.obligo("party CC").succeeded().says("What CC alone is owed (1)");
}
