//! The documents of an audit, below its table: what is contradicted in full, what is closed, and the rest counted.

use std::io::{self, Write};

use super::document::DocumentReport;
use super::table::ClaimsTable;
use crate::audit::AuditReport;
use crate::claim::Outcome;
use crate::report::paint::FAINT;
use crate::report::summary::Accounts;
use crate::report::table::TableOptions;

pub(in crate::report) fn write_summary(
    out: &mut dyn Write,
    report: &AuditReport,
    options: &TableOptions,
) -> io::Result<()> {
    let accounts = Accounts::of(&report.audit);
    for document in &report.documents {
        let account = accounts.name(&document.account_id).map(str::to_owned);
        let document = DocumentReport { account, ..DocumentReport::from(document.clone()) };
        let mut table = ClaimsTable::new(out, options.width, options.color, options.whole_fixes);
        writeln!(table.out)?;
        table.head(&document)?;
        for claim in document.claims(&[Outcome::Contradicted]) {
            table.claim(claim, &document, true)?;
        }
        for claim in document.claims(&[Outcome::Closed]) {
            table.claim(claim, &document, false)?;
        }
        table.text(FAINT, "`plumbline claims report` shows every claim")?;
    }
    Ok(())
}
