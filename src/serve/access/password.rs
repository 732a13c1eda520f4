//! Passwords: argon2id, and not too many at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use argon2::password_hash::phc;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;

/// What new hashes cost: 19 MiB, two passes, one lane. It is the first of the equivalent settings that
/// OWASP's Password Storage Cheat Sheet names for argon2id; a check takes some ten milliseconds.
const NEW: (u32, u32, u32) = (19 * 1024, 2, 1);

/// The least that is taken: OWASP's weakest equivalent setting has 7 MiB and five passes.
const MEMORY_MIN: u32 = 7 * 1024;
const WORK_MIN: u64 = 7 * 1024 * 5;

/// The most: a log-in must not exhaust the machine.
const MEMORY_MAX: u32 = 1024 * 1024;
const PASSES_MAX: u32 = 64;
const LANES_MAX: u32 = 16;

/// Octets of a password at the most; nobody types more.
pub const PASSWORD_OCTETS_MAX: usize = 1024;

/// Checks at the same time, each with its memory and a processor of its own.
const AT_ONCE: usize = 2;

/// Checks that wait for their turn; whoever comes then is told to try again.
const WAITING_MAX: usize = 32;

/// The hash of a password, as a PHC string with argon2id and sensible costs.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(Arc<str>);

/// Why a text isn't a hash that is taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadPasswordHash {
    /// Something else, perhaps the password itself, which therefore isn't shown.
    #[error("this is not the hash of a password (`$argon2id$v=19$…`)")]
    NotAHash,
    /// Another algorithm.
    #[error("the hash is made with `{0}`, and only argon2id is taken")]
    Algorithm(String),
    /// Too cheap to go through many passwords with.
    #[error(
        "the hash is too cheap to check (m={memory}, t={passes}): a thief would guess the password soon"
    )]
    Weak {
        /// In KiB.
        memory: u32,
        /// Over the memory.
        passes: u32,
    },
    /// A log-in would exhaust the machine.
    #[error(
        "the hash costs too much to check (m={memory}, t={passes}, p={lanes}): at most m={MEMORY_MAX}, t={PASSES_MAX} \
         and p={LANES_MAX} are taken"
    )]
    Expensive {
        /// In KiB.
        memory: u32,
        /// Over the memory.
        passes: u32,
        /// In parallel.
        lanes: u32,
    },
}

/// Why a password can't be hashed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadPassword {
    /// Nothing.
    #[error("the password is empty")]
    Empty,
    /// Nobody types this.
    #[error("the password has more than {PASSWORD_OCTETS_MAX} octets")]
    Long,
    /// The operating system gives no random numbers, or no memory.
    #[error("the password can't be hashed here: no memory, or no random numbers")]
    Failed,
}

impl PasswordHash {
    /// Hashes a password with a new salt.
    ///
    /// # Errors
    /// When it is empty or far too long.
    pub fn of(password: &str) -> Result<Self, BadPassword> {
        match password.len() {
            0 => return Err(BadPassword::Empty),
            1..=PASSWORD_OCTETS_MAX => {}
            _ => return Err(BadPassword::Long),
        }
        Self::with_costs(password, NEW).ok_or(BadPassword::Failed)
    }

    fn with_costs(password: &str, (memory, passes, lanes): (u32, u32, u32)) -> Option<Self> {
        let params = Params::new(memory, passes, lanes, None).ok()?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let hash: phc::PasswordHash = argon2.hash_password(password.as_bytes()).ok()?;
        Some(Self(hash.to_string().into()))
    }

    /// A hash that costs the same and that no password fits: what is checked for unknown users, so
    /// that the time doesn't tell them apart.
    ///
    /// # Errors
    /// When the operating system gives no random numbers.
    pub fn decoy_like(other: Option<&Self>) -> Result<Self, BadPassword> {
        let nobody = super::secret::Secret::random().map_err(|_| BadPassword::Failed)?;
        let costs = other.and_then(|hash| costs(&phc::PasswordHash::new(&hash.0).ok()?));
        Self::with_costs(&nobody.text(), costs.unwrap_or(NEW)).ok_or(BadPassword::Failed)
    }

    /// Reads a PHC string.
    ///
    /// # Errors
    /// When it is none, of another algorithm, or costs too little or too much.
    pub fn parse(text: &str) -> Result<Self, BadPasswordHash> {
        let hash = phc::PasswordHash::new(text).map_err(|_| BadPasswordHash::NotAHash)?;
        if hash.algorithm.as_str() != "argon2id" {
            return Err(BadPasswordHash::Algorithm(hash.algorithm.as_str().to_owned()));
        }
        let is_whole = hash.salt.is_some() && hash.hash.is_some() && hash.version == Some(19);
        let Some((memory, passes, lanes)) = costs(&hash).filter(|_| is_whole) else {
            return Err(BadPasswordHash::NotAHash);
        };
        if memory < MEMORY_MIN || u64::from(memory) * u64::from(passes) < WORK_MIN {
            return Err(BadPasswordHash::Weak { memory, passes });
        }
        if memory > MEMORY_MAX || passes > PASSES_MAX || lanes > LANES_MAX {
            return Err(BadPasswordHash::Expensive { memory, passes, lanes });
        }
        Ok(Self(text.into()))
    }

    /// The PHC string.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the password is this one. Takes tens of milliseconds of a processor.
    pub fn is_of(&self, password: &str) -> bool {
        let Ok(hash) = phc::PasswordHash::new(&self.0) else { return false };
        password.len() <= PASSWORD_OCTETS_MAX
            && Argon2::default().verify_password(password.as_bytes(), &hash).is_ok()
    }
}

fn costs(hash: &phc::PasswordHash) -> Option<(u32, u32, u32)> {
    let params = Params::try_from(hash).ok()?;
    Some((params.m_cost(), params.t_cost(), params.p_cost()))
}

impl std::fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

/// Checks passwords beside the threads that answer requests, a few at a time.
#[derive(Debug)]
pub struct PasswordChecks {
    permits: Arc<Semaphore>,
    waiting: AtomicUsize,
}

/// Too many want to log in at this moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooManyAtOnce;

impl Default for PasswordChecks {
    fn default() -> Self {
        Self { permits: Arc::new(Semaphore::new(AT_ONCE)), waiting: AtomicUsize::new(0) }
    }
}

/// One that waits; it is counted until it is dropped, also when the browser goes away.
struct Waiting<'a>(&'a AtomicUsize);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl PasswordChecks {
    /// Whether the password fits the hash.
    ///
    /// # Errors
    /// When too many wait for their turn.
    pub async fn check(&self, hash: PasswordHash, password: String) -> Result<bool, TooManyAtOnce> {
        let before = self.waiting.fetch_add(1, Ordering::Relaxed);
        let waiting = Waiting(&self.waiting);
        if before >= WAITING_MAX + AT_ONCE {
            return Err(TooManyAtOnce);
        }
        let permit = Arc::clone(&self.permits).acquire_owned().await.map_err(|_| TooManyAtOnce)?;
        // The permit goes with the work, which goes on when nobody waits for it any more.
        let checked = tokio::task::spawn_blocking(move || {
            let fits = hash.is_of(&password);
            drop(permit);
            fits
        });
        let fits = checked.await.unwrap_or(false);
        drop(waiting);
        Ok(fits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_fits_its_hash_and_no_other_does() {
        let hash = PasswordHash::of("mật khẩu dài").unwrap();
        assert!(hash.as_str().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert_eq!(PasswordHash::parse(hash.as_str()), Ok(hash.clone()));
        assert!(hash.is_of("mật khẩu dài"));
        assert!(!hash.is_of("mật khẩu dai") && !hash.is_of(""));
        assert_ne!(PasswordHash::of("mật khẩu dài").unwrap(), hash);
        let decoy = PasswordHash::decoy_like(Some(&hash)).unwrap();
        assert!(decoy.as_str().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(!format!("{hash:?}").contains("argon2id"));
        assert_eq!(PasswordHash::of(""), Err(BadPassword::Empty));
        assert_eq!(PasswordHash::of(&"x".repeat(1025)), Err(BadPassword::Long));
    }

    #[test]
    fn what_is_no_hash_or_a_bad_one_is_told_without_showing_it() {
        let with = |start: &str| {
            let rest = "$c29tZXNhbHRzb21lc2FsdA$RdescudvJCsgt3ub+b4dWRWJTmaaJObGRdescudvJCs";
            PasswordHash::parse(&format!("{start}{rest}")).map_err(|error| error.to_string())
        };
        assert!(with("$argon2id$v=19$m=19456,t=2,p=1").is_ok());
        assert!(with("$argon2id$v=19$m=7168,t=5,p=1").is_ok());
        assert!(with("$argon2i$v=19$m=19456,t=2,p=1").unwrap_err().contains("`argon2i`"));
        assert!(with("$argon2id$v=19$m=4096,t=3,p=1").unwrap_err().contains("too cheap"));
        assert!(with("$argon2id$v=19$m=8192,t=1,p=1").unwrap_err().contains("too cheap"));
        assert!(with("$argon2id$v=19$m=4194304,t=3,p=4").unwrap_err().contains("too much"));
        assert!(with("$argon2id$v=19$m=19456,t=4000000000,p=1").unwrap_err().contains("too much"));
        for text in ["", "hunter2", "$argon2id$", "$argon2id$v=19$m=19456,t=2,p=1", "$$$$", "\u{0}"]
        {
            let error = PasswordHash::parse(text).unwrap_err();
            assert_eq!(error, BadPasswordHash::NotAHash, "{text}");
            assert!(!error.to_string().contains("hunter2"));
        }
    }

    #[tokio::test]
    async fn no_more_than_can_wait_are_taken() {
        let checks = Arc::new(PasswordChecks::default());
        let hash = PasswordHash::of("x").unwrap();
        assert_eq!(checks.check(hash.clone(), "x".to_owned()).await, Ok(true));
        // Nobody's turn comes while both permits are out.
        let _held = checks.permits.acquire_many(AT_ONCE as u32).await.unwrap();
        let mut waiting = Vec::new();
        for _ in 0..WAITING_MAX + AT_ONCE {
            let (checks, hash) = (Arc::clone(&checks), hash.clone());
            waiting.push(tokio::spawn(async move { checks.check(hash, "x".to_owned()).await }));
            tokio::task::yield_now().await;
        }
        assert_eq!(checks.check(hash.clone(), "x".to_owned()).await, Err(TooManyAtOnce));
        for task in waiting {
            task.abort();
            let _ = task.await;
        }
        assert_eq!(checks.waiting.load(Ordering::Relaxed), 0);
    }
}
