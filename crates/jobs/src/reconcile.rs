//! What a job's folder alone tells of it.

use crate::events;
use crate::files;
use crate::folder::JobFolder;
use crate::rate::Rate;
use crate::record::Record;
use std::fs::File;
use weldlm_messages::Problem;

/// The job as its request and its events tell it.
pub(crate) fn record(folder: &JobFolder) -> Result<Record, Problem> {
    let mut record = Record::new(&folder.order()?, &folder.request()?);
    catch_up(folder, &mut record, &mut Rate::default())?;
    Ok(record)
}

/// What came of listening.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Heard {
    /// Something came.
    pub any: bool,
    /// More than progress came.
    pub state: bool,
}

/// Takes in what was added to the events.
pub(crate) fn catch_up(folder: &JobFolder, record: &mut Record, rate: &mut Rate) -> Result<Heard, Problem> {
    let path = folder.events();
    let mut heard = Heard::default();
    let file = match File::open(&path) {
        Ok(file) => file,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(heard),
        Err(e) => return Err(files::failed(&path, &e)),
    };
    let listened = events::forwards(&file, record.heard, &mut |end, line| {
        heard.any = true;
        heard.state |= record.hear(end, line, rate);
        true
    });
    listened.map_err(|e| files::failed(&path, &e))?;
    Ok(heard)
}
