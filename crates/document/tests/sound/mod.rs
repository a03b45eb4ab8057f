//! What holds of the reading of any document.

use plumbline_document::{Claim, Knowledge, Line, LineUse, Reading, Text, read};

/// Reads a text and says what of the reading is wrong.
pub fn sound(text: &Text, knowledge: &Knowledge) -> Result<Reading, String> {
    let reading = read("any.md", text, knowledge);
    lines(text, &reading)?;
    for (at, claim) in reading.claims.iter().enumerate() {
        whole(claim, knowledge).map_err(|wrong| format!("{wrong}: {claim:#?}"))?;
        placed(at, claim, &reading.lines).map_err(|wrong| format!("{wrong}: claim {at} {claim:#?}"))?;
    }
    hold(reading.claims.is_sorted_by_key(|claim| claim.lines.0), "claims stand in their order")?;
    hold(read("any.md", text, knowledge) == reading, "a second reading is the same")?;
    Ok(reading)
}

/// Reads a text that has no CR with CRLF for each LF, and says what of the reading differs.
pub fn same_with_crlf(text: &Text, reading: &Reading, knowledge: &Knowledge) -> Result<(), String> {
    if text.as_str().contains('\r') {
        return Ok(());
    }
    let with_crlf = text.as_str().replace('\n', "\r\n");
    let other = read("any.md", &Text::decode(with_crlf.as_bytes()).map_err(|error| error.to_string())?, knowledge);
    let differs = reading.claims.iter().zip(&other.claims).find(|(one, other)| one != other);
    if let Some((one, other)) = differs {
        return Err(format!("with CRLF a claim is another: {one:#?} and {other:#?}"));
    }
    hold(reading.claims.len() == other.claims.len(), "with CRLF there are as many claims")?;
    hold(reading.lines == other.lines, "with CRLF lines have the same use")?;
    hold(reading.title == other.title, "with CRLF the title is the same")
}

fn hold(holds: bool, what: &str) -> Result<(), String> {
    if holds { Ok(()) } else { Err(format!("it does not hold that {what}")) }
}

/// Every line has one use, and blank ones that of blank ones.
fn lines(text: &Text, reading: &Reading) -> Result<(), String> {
    hold(reading.lines.len() == text.lines().len(), "every line has a use")?;
    for (at, line) in reading.lines.iter().enumerate() {
        hold(line.line == at + 1, "lines are numbered from 1")?;
        let blank = text.line(line.line).is_some_and(|text| text.trim().is_empty());
        hold(!blank || line.is == LineUse::Blank, "a line without text is blank")?;
        let (claims, begin) = match &line.is {
            LineUse::Claim(claims) => (claims, true),
            LineUse::Part(claims) => (claims, false),
            _ => continue,
        };
        hold(!claims.is_empty() && claims.is_sorted_by(|a, b| a < b), "a line's claims are some, each once")?;
        for claim in claims {
            let Some(claim) = reading.claims.get(*claim) else { return Err(format!("{line:?} has a claim too many")) };
            let fits = if begin {
                claim.lines.0 == line.line
            } else {
                claim.lines.0 < line.line && line.line <= claim.lines.1
            };
            hold(fits, &format!("{line:?} belongs to {claim:#?}"))?;
        }
    }
    Ok(())
}

/// A claim is listed where it begins; what follows is part of it, or begins another.
fn placed(at: usize, claim: &Claim, lines: &[Line]) -> Result<(), String> {
    let (first, last) = (claim.lines.0, claim.lines.1);
    hold(1 <= first && first <= last && last <= lines.len(), "a claim stands inside of the document")?;
    for line in &lines[first - 1..last] {
        let listed = match &line.is {
            LineUse::Claim(claims) => line.line != first || claims.contains(&at),
            LineUse::Part(claims) => line.line != first && claims.contains(&at),
            _ => line.line != first && line.line != last,
        };
        hold(listed, &format!("line {} is of the claim: {:?}", line.line, line.is))?;
    }
    Ok(())
}

/// A claim says something, why, and by which checks.
fn whole(claim: &Claim, knowledge: &Knowledge) -> Result<(), String> {
    hold(!claim.text.trim().is_empty() && !claim.id.is_empty(), "a claim has a text and an id")?;
    hold(claim.because.iter().any(|because| because.decided == "verdict"), "a claim says why it has its verdict")?;
    hold(claim.is_mapped() == claim.observable.is_some(), "somebody can see what checks decide")?;
    for (at, id) in claim.checks.iter().enumerate() {
        hold(knowledge.subject(id).is_some(), "checks are known")?;
        hold(!claim.checks[..at].contains(id), "checks are named once")?;
    }
    Ok(())
}
