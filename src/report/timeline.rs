//! The life of one agreement along the years, as text and as SVG: a lane for its effect, for each body, for what is dated, for acts.
//! Both are drawn from the same marks; nothing is computed here but where a day falls on the line.

use chrono::{Datelike, NaiveDate};
use maud::{Markup, PreEscaped, html};

use super::json::MarkJson;

/// The years shown and the marks on them.
pub struct Chart<'a> {
    /// Title of the agreement.
    pub title: &'a str,
    /// What is said under the title.
    pub subtitle: String,
    /// The day it is seen from.
    pub as_of: NaiveDate,
    /// The marks.
    pub marks: &'a [MarkJson],
}

/// Days between which everything lies: whole years.
struct Scale {
    first: NaiveDate,
    last: NaiveDate,
}

impl Scale {
    fn of(chart: &Chart) -> Self {
        let days = chart.marks.iter().flat_map(|mark| [day(&mark.from), day(&mark.to)]).flatten().chain([chart.as_of]);
        let (first, last) = days.fold((chart.as_of, chart.as_of), |(first, last), day| (first.min(day), last.max(day)));
        let whole = |year: i32, month, day| NaiveDate::from_ymd_opt(year, month, day).unwrap_or(chart.as_of);
        Scale { first: whole(first.year(), 1, 1), last: whole(last.year(), 12, 31) }
    }

    /// Where a day falls, from 0 to `width`.
    fn place(&self, day: NaiveDate, width: f64) -> f64 {
        let all = (self.last - self.first).num_days().max(1) as f64;
        ((day - self.first).num_days() as f64 / all).clamp(0.0, 1.0) * width
    }

    fn years(&self) -> impl Iterator<Item = i32> {
        self.first.year()..=self.last.year()
    }
}

fn day(text: &str) -> Option<NaiveDate> {
    text.parse().ok()
}

/// Lanes in the order in which they first appear.
fn lanes(marks: &[MarkJson]) -> Vec<(&str, Vec<&MarkJson>)> {
    let mut lanes: Vec<(&str, Vec<&MarkJson>)> = Vec::new();
    for mark in marks {
        match lanes.iter_mut().find(|(lane, _)| *lane == mark.lane) {
            Some((_, marks)) => marks.push(mark),
            None => lanes.push((&mark.lane, vec![mark])),
        }
    }
    lanes
}

/// Text, some ninety characters wide.
pub fn text(chart: &Chart) -> Vec<String> {
    const WIDTH: usize = 72;
    let scale = Scale::of(chart);
    let column = |day: NaiveDate| (scale.place(day, (WIDTH - 1) as f64)).round() as usize;
    let names = lanes(chart.marks);
    let margin = names.iter().map(|(lane, _)| lane.chars().count()).max().unwrap_or(0).clamp(6, 24) + 2;
    let mut ruler = vec![' '; WIDTH + 4];
    for year in scale.years() {
        let at = NaiveDate::from_ymd_opt(year, 1, 1).map_or(0, column);
        for (offset, letter) in year.to_string().chars().enumerate() {
            ruler[at + offset] = letter;
        }
    }
    let mut lines = vec![format!("{:margin$}{}", "", ruler.iter().collect::<String>().trim_end())];
    for (lane, marks) in names {
        let mut row = vec![' '; WIDTH];
        for mark in marks {
            let (Some(from), Some(to)) = (day(&mark.from), day(&mark.to)) else { continue };
            draw(&mut row, column(from), column(to), mark);
        }
        let name: String = lane.chars().take(margin - 2).collect();
        lines.push(format!("{name:margin$}{}", row.iter().collect::<String>().trim_end()));
    }
    let today = format!("{:width$}^ {}", "", chart.as_of, width = margin + column(chart.as_of));
    lines.push(today);
    lines.push(
        "o held   • act   --- some day in it   ~~~ planned   [ ] cycle   ✓ met   ✗ not met   ! due   > notice   | end".into(),
    );
    lines
}

fn draw(row: &mut [char], from: usize, to: usize, mark: &MarkJson) {
    let symbol = symbol(mark);
    match mark.mark {
        "effect" => row[from..=to].fill('='),
        "cycle" => {
            for place in &mut row[from..=to] {
                if *place == ' ' {
                    *place = '.';
                }
            }
            row[from] = '[';
            row[to] = ']';
            if to > from {
                row[to - 1] = symbol;
            }
        }
        "planned" | "tentative" if to > from => row[from..=to].fill('~'),
        // A day that is known as a range is drawn as one: a point would be a guess.
        _ if to > from => {
            for place in &mut row[from..=to] {
                if *place == ' ' {
                    *place = '-';
                }
            }
            if mark.mark == "due" {
                row[to] = symbol;
            }
        }
        _ => row[to] = symbol,
    }
}

fn symbol(mark: &MarkJson) -> char {
    let label = mark.label.as_deref().unwrap_or_default();
    match mark.mark {
        "cycle" | "due" if label.starts_with("not met") || label.starts_with("overdue") => '✗',
        "cycle" | "due" if label.starts_with("fulfilled") => '✓',
        "cycle" | "due" if label.starts_with("undetermined") => '?',
        "cycle" => '.',
        "due" => '!',
        "held" => 'o',
        "planned" | "tentative" => '?',
        "notice" => '>',
        "end" => '|',
        _ => '•',
    }
}

const STYLE: &str = "
text { font: 13px system-ui, sans-serif; fill: #1b1f24 } .small { font-size: 11px; fill: #57606a } .title { font-size: 16px; font-weight: 600 }
.grid { stroke: #d0d7de } .effect { fill: #b6d7ff } .cycle { fill: none; stroke: #57606a; stroke-width: 1.2 } .met { fill: #c9ecd2 } .missed { fill: #ffd3cc } .open { fill: #fff3c4 }
.held { fill: #116329 } .range { opacity: .45 } .sign { font-weight: 700; text-anchor: middle } .act { fill: #0a3069 } .planned { fill: #fff; stroke: #9a6700; stroke-width: 1.6; stroke-dasharray: 3 2 } .due { fill: #9a6700 } .notice, .end { fill: #82071e }
.today { stroke: #cf222e; stroke-width: 1.5 } .bg { fill: #fff }
@media (prefers-color-scheme: dark) { .bg { fill: #0d1117 } text { fill: #e6edf3 } .small { fill: #9198a1 } .grid { stroke: #30363d } .effect { fill: #1f4d80 } .met { fill: #1d4427 } .missed { fill: #67221c } .open { fill: #4d3d0a } .held { fill: #56d364 } .act { fill: #79c0ff } .planned { fill: #0d1117 } .cycle { stroke: #9198a1 } .due { fill: #e3b341 } .notice, .end { fill: #ff7b72 } }
@media print { .bg { fill: #fff } text { fill: #000 } }";

const LEFT: f64 = 230.0;
const WIDE: f64 = 720.0;
const ROW: f64 = 34.0;
const TOP: f64 = 78.0;
/// A range narrower than a mark is drawn as a mark.
const RANGE: f64 = 8.0;

/// A picture with a title and a description for each mark, for whoever cannot see it too.
pub fn svg(chart: &Chart) -> String {
    let scale = Scale::of(chart);
    let lanes = lanes(chart.marks);
    let height = TOP + ROW * lanes.len() as f64 + 46.0;
    let width = LEFT + WIDE + 24.0;
    let bottom = TOP + ROW * lanes.len() as f64;
    let x = |day: NaiveDate| LEFT + scale.place(day, WIDE);
    let today = x(chart.as_of);
    let markup = html! {
        svg xmlns="http://www.w3.org/2000/svg" width=(width) height=(height) viewBox=(format!("0 0 {width} {height}")) role="img" aria-labelledby="title desc" {
            title id="title" { (chart.title) }
            desc id="desc" { (chart.subtitle) }
            style { (PreEscaped(STYLE)) }
            rect class="bg" width="100%" height="100%" {}
            text class="title" x="12" y="26" { (chart.title) }
            text class="small" x="12" y="46" { (chart.subtitle) }
            @for year in scale.years() {
                @if let Some(start) = NaiveDate::from_ymd_opt(year, 1, 1) {
                    line class="grid" x1=(round(x(start))) x2=(round(x(start))) y1=(TOP - 8.0) y2=(bottom) {}
                    text class="small" x=(round(x(start) + 3.0)) y=(TOP - 12.0) { (year) }
                }
            }
            @for (place, (lane, marks)) in lanes.iter().enumerate() {
                text x="12" y=(TOP + ROW * place as f64 + 21.0) { (shortened(lane)) }
                @for mark in marks { (shape(mark, &x, TOP + ROW * place as f64)) }
            }
            line class="today" x1=(round(today)) x2=(round(today)) y1=(TOP - 8.0) y2=(bottom + 4.0) {}
            text class="small" x=(round((today - 34.0).min(LEFT + WIDE - 60.0))) y=(bottom + 18.0) { (chart.as_of) }
            text class="small" x="12" y=(bottom + 36.0) { "circle: held · square: act · bar: some day in it · dashed: planned · ✓ met · ✗ not met by the date, nothing recorded · triangle: due" }
        }
    };
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{}\n", markup.into_string())
}

fn round(number: f64) -> f64 {
    (number * 10.0).round() / 10.0
}

fn shortened(lane: &str) -> String {
    if lane.chars().count() <= 32 { lane.into() } else { format!("{}…", lane.chars().take(31).collect::<String>()) }
}

fn shape(mark: &MarkJson, x: &dyn Fn(NaiveDate) -> f64, top: f64) -> Markup {
    let (Some(from), Some(to)) = (day(&mark.from), day(&mark.to)) else { return html! {} };
    let (left, right) = (round(x(from)), round(x(to)));
    let (wide, middle, centre) = (round((right - left).max(3.0)), round((left + right) / 2.0), top + ROW / 2.0);
    let days = if from == to { from.to_string() } else { format!("{from} – {to}") };
    let label = mark.label.as_ref().map(|label| format!(" · {label}")).unwrap_or_default();
    let told = format!("{}: {}{label}", days, mark.text);
    html! {
        g {
            title { (told) }
            @match mark.mark {
                "effect" => { rect class="effect" x=(left) y=(top + 9.0) width=(wide) height="16" rx="3" {} }
                "cycle" => {
                    rect class=(format!("cycle {}", judged(mark))) x=(left + 1.0) y=(top + 7.0) width=(round((wide - 2.0).max(2.0))) height="20" rx="4" {}
                    text class="sign small" x=(middle) y=(centre + 4.0) { (symbol(mark)) }
                }
                "planned" | "tentative" => { rect class="planned" x=(round(left.min(middle - 5.0))) y=(top + 11.0) width=(round(wide.max(10.0))) height="12" rx="6" {} }
                // A day known only as a range is drawn as one: a point would be a guess. What is due is judged by its last day.
                "held" | "act" if wide > RANGE => { rect class=(format!("{} range", mark.mark)) x=(left) y=(centre - 3.0) width=(wide) height="6" rx="3" {} }
                "due" => {
                    @if wide > RANGE { rect class="due range" x=(left) y=(centre - 3.0) width=(wide) height="6" rx="3" {} }
                    path class="due" d=(format!("M{} {} l7 12 h-14 z", right, centre - 6.0)) {}
                }
                "held" => { circle class="held" cx=(middle) cy=(centre) r="5.5" {} }
                "notice" | "end" => { rect class=(mark.mark) x=(left) y=(top + 5.0) width="3" height="24" {} }
                _ => { rect class="act" x=(round(middle - 3.5)) y=(centre - 3.5) width="7" height="7" {} }
            }
        }
    }
}

fn judged(mark: &MarkJson) -> &'static str {
    match mark.label.as_deref().unwrap_or_default() {
        label if label.starts_with("fulfilled") => "met",
        label if label.starts_with("not met") || label.starts_with("overdue") => "missed",
        _ => "open",
    }
}
