//! On which file systems a write-ahead log cannot work: its readers and writers share memory, and computers share none.

use std::path::Path;

/// The name of the network file system that a file lies on; none on a local one, and where that cannot be told.
#[cfg(target_os = "linux")]
pub(super) fn network(path: &Path) -> Option<&'static str> {
    // `f_type` has another width on other processors.
    rustix::fs::statfs(path).ok().and_then(|found| name(i128::from(found.f_type) as u32))
}

#[cfg(not(target_os = "linux"))]
pub(super) fn network(_path: &Path) -> Option<&'static str> {
    None
}

/// The names of the numbers in `statfs(2)`. EFS is NFS.
#[cfg(target_os = "linux")]
fn name(number: u32) -> Option<&'static str> {
    Some(match number {
        0x6969 => "NFS",
        0x517B => "SMB",
        0xFF53_4D42 => "CIFS",
        0xFE53_4D42 => "SMB2",
        0x0102_1997 => "9P",
        0x5346_414F => "AFS",
        0x00C3_6400 => "Ceph",
        0x0BD0_0BD0 => "Lustre",
        _ => return None,
    })
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn efs_is_known_and_local_disks_are_local() {
        assert_eq!(name(rustix::fs::NFS_SUPER_MAGIC as u32), Some("NFS"));
        assert_eq!(name(rustix::fs::PROC_SUPER_MAGIC as u32), None);
        assert_eq!(network(Path::new("/proc")), None);
        assert_eq!(network(Path::new("/nowhere/at/all")), None);
    }
}
