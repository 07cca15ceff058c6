//! Where a register lies: the path, the permissions, the file system. Nothing here opens the file.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use crate::StoreError;

/// The full path of a register that is there. SQLite gets this one: a name such as `:memory:` has a meaning to it, and the
/// journal belongs beside the file, not beside a link to it.
pub(super) fn existing(path: &Path) -> Result<PathBuf, StoreError> {
    let full = fs::canonicalize(path).map_err(|error| StoreError::from_io(path, "read", error))?;
    let metadata = fs::metadata(&full).map_err(|error| StoreError::from_io(path, "read", error))?;
    // SQLite would take a file of no byte, or of one, for an empty database. The smallest page has 512.
    if !metadata.is_file() || metadata.len() < 512 {
        return Err(StoreError::NotADatabase { path: path.into() });
    }
    refuse_network(path, &full)?;
    Ok(full)
}

/// The full path of a register that is not there yet, in a folder that is.
pub(super) fn vacant(path: &Path) -> Result<PathBuf, StoreError> {
    let missing = || StoreError::Missing { path: path.into() };
    let name = path.file_name().ok_or_else(missing)?;
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let folder = fs::canonicalize(parent).map_err(|error| StoreError::from_io(parent, "written", error))?;
    refuse_network(path, &folder)?;
    let full = folder.join(name);
    // A journal of an earlier register of this name would be rolled back into the new one.
    for taken in ["", "-journal", "-wal"].map(|suffix| with_suffix(&full, suffix)) {
        if taken.symlink_metadata().is_ok() {
            return Err(StoreError::Exists { path: taken });
        }
    }
    Ok(full)
}

/// `register.db` and `-journal` make `register.db-journal`.
pub(super) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    PathBuf::from(name)
}

/// Asked before SQLite is, which opens what may not be written for reading, without a word.
#[cfg(unix)]
pub(super) fn refuse_forbidden(path: &Path, full: &Path, write: bool) -> Result<(), StoreError> {
    use rustix::fs::{Access, access};
    let denied = |path: &Path, what| StoreError::PermissionDenied { path: path.into(), what };
    access(full, Access::READ_OK).map_err(|_| denied(path, "read"))?;
    if write {
        access(full, Access::WRITE_OK).map_err(|_| denied(path, "written"))?;
        // The journal is made beside the file.
        let folder = full.parent().unwrap_or(full);
        access(folder, Access::WRITE_OK | Access::EXEC_OK).map_err(|_| denied(folder, "written"))?;
    }
    Ok(())
}

#[cfg(not(unix))]
pub(super) fn refuse_forbidden(_path: &Path, _full: &Path, _write: bool) -> Result<(), StoreError> {
    Ok(())
}

#[cfg(target_os = "linux")]
fn refuse_network(path: &Path, full: &Path) -> Result<(), StoreError> {
    let place = rustix::fs::statfs(full).map_err(|error| StoreError::from_io(path, "read", error.into()))?;
    // The number has 32 bits; its type differs from machine to machine.
    match network_kind(place.f_type as u32, || mount_type(full)) {
        Some(kind) => Err(StoreError::NetworkFileSystem { path: path.into(), kind }),
        None => Ok(()),
    }
}

#[cfg(not(target_os = "linux"))]
fn refuse_network(_path: &Path, _full: &Path) -> Result<(), StoreError> {
    Ok(())
}

/// The name of a network file system by its magic number, as statfs(2) lists them; `None` for a local one.
#[cfg(target_os = "linux")]
fn network_kind(magic: u32, mount_type: impl Fn() -> Option<String>) -> Option<String> {
    const LOCAL_FUSE: [&str; 6] =
        ["fuseblk", "fuse.fuse-overlayfs", "fuse.gocryptfs", "fuse.cryfs", "fuse.encfs", "fuse.ecryptfs"];
    let kind = match magic {
        0x6969 => "NFS",
        0x517b | 0xff53_4d42 | 0xfe53_4d42 => "SMB",
        0x5346_414f | 0x6b41_4653 => "AFS",
        0x00c3_6400 => "Ceph",
        0x0bd0_0bd0 => "Lustre",
        0x7375_7245 => "Coda",
        0x564c => "NCP",
        0x0102_1997 => "9P",
        0x6573_5546 => {
            let kind = mount_type().unwrap_or_else(|| "FUSE".into());
            return Some(kind).filter(|kind| !LOCAL_FUSE.contains(&kind.as_str()));
        }
        _ => return None,
    };
    Some(kind.into())
}

/// The type of the mount on which a file lies (`fuse.sshfs`), from the kernel's table of mounts.
#[cfg(target_os = "linux")]
fn mount_type(full: &Path) -> Option<String> {
    use std::os::unix::fs::MetadataExt;
    let device = fs::metadata(full).ok()?.dev();
    let device = format!("{}:{}", rustix::fs::major(device), rustix::fs::minor(device));
    mount_type_of(&device, &fs::read_to_string("/proc/self/mountinfo").ok()?)
}

/// See proc(5): the third field is the device, the first after a lone hyphen the type.
#[cfg(target_os = "linux")]
fn mount_type_of(device: &str, mounts: &str) -> Option<String> {
    let line = mounts.lines().find(|line| line.split(' ').nth(2) == Some(device))?;
    Some(line.split_once(" - ")?.1.split(' ').next()?.to_owned())
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn network_file_systems_are_told_from_local_ones() {
        let cases = [
            (0xef53, "ext4", None),
            (0x0102_1994, "tmpfs", None),
            (0x9123_683e, "btrfs", None),
            (0x794c_7630, "overlay", None),
            (0x6969, "nfs4", Some("NFS")),
            (0xff53_4d42, "cifs", Some("SMB")),
            (0xfe53_4d42, "smb3", Some("SMB")),
            (0x0102_1997, "9p", Some("9P")),
            (0x6573_5546, "fuse.sshfs", Some("fuse.sshfs")),
            (0x6573_5546, "fuse.rclone", Some("fuse.rclone")),
            (0x6573_5546, "fuseblk", None),
        ];
        for (magic, mount, kind) in cases {
            assert_eq!(network_kind(magic, || Some(mount.into())).as_deref(), kind, "{mount}");
        }
        assert_eq!(network_kind(0x6573_5546, || None).as_deref(), Some("FUSE"));
    }

    #[test]
    fn a_mount_is_found_by_its_device() {
        let mounts = "36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue\n\
                      37 35 0:52 / /home/a/far rw,nosuid shared:9 - fuse.sshfs a@b:/ rw,user_id=0\n";
        assert_eq!(mount_type_of("0:52", mounts).as_deref(), Some("fuse.sshfs"));
        assert_eq!(mount_type_of("98:0", mounts).as_deref(), Some("ext3"));
        assert_eq!(mount_type_of("0:5", mounts), None);
    }
}
