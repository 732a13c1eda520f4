//! Charts as Word's own (DrawingML), so that an office can restyle them.

use std::fmt::Write as _;

use super::markup::text;
use crate::judge::Counts;
use crate::judge::quarter::Point;
use crate::model::{Lang, Stage};
use crate::policy::Policy;
use crate::report::parts::Part;
use crate::report::texts;

/// The width and height in English Metric Units (360,000 in a centimetre).
pub(super) const SIZE: (u32, u32) = (5_760_000, 2_340_000);

fn color(part: Part) -> &'static str {
    match part {
        Part::Absent => "5E2A6E",
        Part::At(Stage::Ipv4Only) => "B3261E",
        Part::At(Stage::Addressed) => "BC5A00",
        Part::At(Stage::Reachable) => "B8952A",
        Part::At(Stage::AtParity) => "1A7F37",
        Part::At(Stage::Ipv6OnlyUsable) => "0550AE",
        Part::Unknown => "6E7781",
    }
}

fn label(part: Part, lang: Lang) -> String {
    texts::capitalised(&part.label(lang))
}

/// A bar for each part of the services.
pub(super) fn stages(counts: &Counts, policy: &Policy, lang: Lang) -> String {
    let parts: Vec<Part> = Part::all(policy).collect();
    let names: Vec<String> = parts.iter().map(|part| label(*part, lang)).collect();
    let values: Vec<usize> = parts.iter().map(|part| part.count(counts)).collect();
    let mut points = String::new();
    for (at, part) in parts.iter().enumerate() {
        let _ = write!(
            points,
            r#"<c:dPt><c:idx val="{at}"/><c:invertIfNegative val="0"/><c:bubble3D val="0"/>{}</c:dPt>"#,
            fill(*part)
        );
    }
    let series = format!(
        r#"<c:ser><c:idx val="0"/><c:order val="0"/><c:tx>{}</c:tx>{points}<c:dLbls><c:showLegendKey val="0"/><c:showVal val="1"/><c:showCatName val="0"/><c:showSerName val="0"/><c:showPercent val="0"/><c:showBubbleSize val="0"/></c:dLbls>{}</c:ser>"#,
        strings(&[texts::SERVICES.get(lang).to_owned()], "A"),
        data(&names, &values, 1),
    );
    space(
        &format!(
            r#"<c:barChart><c:barDir val="bar"/><c:grouping val="clustered"/><c:varyColors val="0"/>{series}<c:gapWidth val="40"/><c:axId val="1"/><c:axId val="2"/></c:barChart>{}"#,
            axes("maxMin", false)
        ),
        false,
    )
}

/// A column for each point of the trend, its parts on top of each other.
pub(super) fn trend(points: &[Point], policy: &Policy, lang: Lang) -> String {
    let names: Vec<String> = points
        .iter()
        .map(|point| {
            let quarter = texts::quarter_short(point.quarter.number, point.quarter.year, lang);
            format!("{} ({quarter})", point.day.strftime("%d/%m"))
        })
        .collect();
    let mut series = String::new();
    for (at, part) in Part::all(policy).enumerate() {
        let values: Vec<usize> = points.iter().map(|point| part.count(&point.counts)).collect();
        let _ = write!(
            series,
            r#"<c:ser><c:idx val="{at}"/><c:order val="{at}"/><c:tx>{}</c:tx>{}<c:invertIfNegative val="0"/>{}</c:ser>"#,
            strings(&[label(part, lang)], "A"),
            fill(part),
            data(&names, &values, at + 1),
        );
    }
    space(
        &format!(
            r#"<c:barChart><c:barDir val="col"/><c:grouping val="stacked"/><c:varyColors val="0"/>{series}<c:gapWidth val="60"/><c:overlap val="100"/><c:axId val="1"/><c:axId val="2"/></c:barChart>{}"#,
            axes("minMax", true)
        ),
        true,
    )
}

fn fill(part: Part) -> String {
    format!(r#"<c:spPr><a:solidFill><a:srgbClr val="{}"/></a:solidFill></c:spPr>"#, color(part))
}

fn data(names: &[String], values: &[usize], column: usize) -> String {
    let mut numbers = String::new();
    for (at, value) in values.iter().enumerate() {
        let _ = write!(numbers, r#"<c:pt idx="{at}"><c:v>{value}</c:v></c:pt>"#);
    }
    format!(
        r#"<c:cat>{}</c:cat><c:val><c:numRef><c:f>Data!$B${column}</c:f><c:numCache><c:formatCode>General</c:formatCode><c:ptCount val="{}"/>{numbers}</c:numCache></c:numRef></c:val>"#,
        strings(names, "A"),
        values.len()
    )
}

fn strings(names: &[String], column: &str) -> String {
    let mut cached = String::new();
    for (at, name) in names.iter().enumerate() {
        let _ = write!(cached, r#"<c:pt idx="{at}"><c:v>{}</c:v></c:pt>"#, text(name));
    }
    format!(
        r#"<c:strRef><c:f>Data!${column}$1</c:f><c:strCache><c:ptCount val="{}"/>{cached}</c:strCache></c:strRef>"#,
        names.len()
    )
}

fn axes(order: &str, upright: bool) -> String {
    let (names, values) = if upright { ("b", "l") } else { ("l", "b") };
    let crosses = if upright { "autoZero" } else { "max" };
    format!(
        r##"<c:catAx><c:axId val="1"/><c:scaling><c:orientation val="{order}"/></c:scaling><c:delete val="0"/><c:axPos val="{names}"/><c:numFmt formatCode="General" sourceLinked="0"/><c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="nextTo"/><c:crossAx val="2"/><c:crosses val="autoZero"/></c:catAx><c:valAx><c:axId val="2"/><c:scaling><c:orientation val="minMax"/></c:scaling><c:delete val="0"/><c:axPos val="{values}"/><c:majorGridlines><c:spPr><a:ln w="3175"><a:solidFill><a:srgbClr val="B0B0B0"/></a:solidFill></a:ln></c:spPr></c:majorGridlines><c:numFmt formatCode="#,##0" sourceLinked="0"/><c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="nextTo"/><c:crossAx val="1"/><c:crosses val="{crosses}"/></c:valAx>"##
    )
}

fn space(plot: &str, legend: bool) -> String {
    let legend = match legend {
        true => r#"<c:legend><c:legendPos val="b"/><c:overlay val="0"/></c:legend>"#,
        false => "",
    };
    format!(
        r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<c:chartSpace xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><c:roundedCorners val="0"/><c:chart><c:autoTitleDeleted val="1"/><c:plotArea><c:layout/>{plot}</c:plotArea>{legend}<c:plotVisOnly val="1"/><c:dispBlanksAs val="gap"/></c:chart><c:txPr><a:bodyPr/><a:p><a:pPr><a:defRPr sz="1000"><a:latin typeface="Times New Roman"/><a:cs typeface="Times New Roman"/></a:defRPr></a:pPr><a:endParaRPr lang="vi-VN"/></a:p></c:txPr></c:chartSpace>"#
    )
}
