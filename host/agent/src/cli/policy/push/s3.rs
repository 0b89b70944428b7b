//! To an S3-compatible store: one PUT to an address that is signed for a minute.

use anyhow::Result;

use super::{Args, web};
use crate::bundles::store::{Object, of_environment};
use crate::os::Env;

/// Puts it there; where that is.
pub(super) fn put(args: &Args, to: &str, archive: &[u8], env: &Env) -> Result<String> {
    let endpoint = args.endpoint.as_deref().or(env.var("AWS_ENDPOINT_URL"));
    let region = args.region.as_deref().or(env.var("AWS_REGION"));
    let object = Object::named(to, endpoint, region)?;
    web::send(args, &object.to_put(&of_environment()?), None, archive)?;
    Ok(to.to_owned())
}
