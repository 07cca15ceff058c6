# What people do here. `just` lists it.

_list:
    @just --list --unsorted

# Everything that must hold before a change is handed in
check:
    tests/run

# The tests whose name has these words in it; all, without words
test *words:
    cargo test --workspace --no-fail-fast {{ words }}

# A register to look at, in ./demo
demo:
    cargo run -q -- demo

# Read each changed snapshot and accept or reject it
accept:
    cargo insta review
