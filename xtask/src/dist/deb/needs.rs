//! Which packages a program needs, read from the program: the libraries it names, and the newest glibc whose symbols
//! it asks for.

use anyhow::{Context, Result, bail};
use object::Endianness;
use object::elf::FileHeader64;
use object::read::elf::{Dyn as _, FileHeader as _};

/// The packages, in order.
pub fn packages(program: &[u8]) -> Result<Vec<String>> {
    let mut packages = Vec::new();
    for library in libraries(program)? {
        match library.as_str() {
            "libgcc_s.so.1" => packages.push("libgcc-s1".to_owned()),
            "libstdc++.so.6" => packages.push("libstdc++6".to_owned()),
            // All of them are one package.
            glibc
                if ["ld-linux", "libc.", "libm.", "libdl.", "libpthread.", "librt."]
                    .iter()
                    .any(|begin| glibc.starts_with(begin)) => {}
            other => bail!("the program is linked with {other}, of which no package is known here"),
        }
    }
    let (major, minor) = newest_glibc(program)?.context("the program asks for no version of glibc")?;
    packages.push(format!("libc6 (>= {major}.{minor})"));
    packages.sort();
    Ok(packages)
}

fn libraries(program: &[u8]) -> Result<Vec<String>> {
    let header = FileHeader64::<Endianness>::parse(program)?;
    let endian = header.endian()?;
    let sections = header.sections(endian, program)?;
    let (dynamic, strings) =
        sections.dynamic(endian, program)?.context("the program is linked statically")?;
    let strings = sections.strings(endian, program, strings)?;
    let mut libraries = Vec::new();
    for entry in dynamic.iter().filter(|entry| entry.tag(endian) == object::elf::DT_NEEDED) {
        libraries.push(String::from_utf8_lossy(entry.string(endian, strings)?).into_owned());
    }
    Ok(libraries)
}

fn newest_glibc(program: &[u8]) -> Result<Option<(u32, u32)>> {
    let header = FileHeader64::<Endianness>::parse(program)?;
    let endian = header.endian()?;
    let sections = header.sections(endian, program)?;
    let Some((mut files, strings)) = sections.gnu_verneed(endian, program)? else { return Ok(None) };
    let strings = sections.strings(endian, program, strings)?;
    let mut newest = None;
    while let Some((_, mut versions)) = files.next()? {
        while let Some(version) = versions.next()? {
            let name = String::from_utf8_lossy(version.name(endian, strings)?).into_owned();
            let number = name.strip_prefix("GLIBC_").and_then(|number| number.split_once('.'));
            let number = number.and_then(|(major, rest)| {
                let minor = rest.split('.').next()?;
                Some((major.parse().ok()?, minor.parse().ok()?))
            });
            newest = newest.max(number);
        }
    }
    Ok(newest)
}
