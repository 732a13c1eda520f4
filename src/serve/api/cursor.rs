//! Where a list goes on. To whoever asks, a cursor is a word without meaning.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::params::Params;
use super::problem::{Fault, Problem};
use crate::model::Digest;
use crate::serve::problem_document::Sentence;

/// A page of a list: which list it is, in which state, and how much of it came before.
pub struct Page {
    /// Of the list's path, filter and state.
    state: [u8; 8],
    /// How much came before.
    pub from: usize,
    /// How much is wanted.
    pub limit: usize,
}

/// Rows of a page at the most, and when nothing is said.
pub const LIMIT: (usize, usize) = (1000, 100);

impl Page {
    /// Reads `cursor` and `limit`. `state` says of which list they are: a cursor of another state of it, or
    /// of another list, is refused.
    ///
    /// # Errors
    /// When the cursor is of another state.
    pub fn of(params: &Params, state: &str) -> Result<Self, Problem> {
        let digest = Digest::of(state.as_bytes());
        let state = *digest.0.first_chunk().unwrap_or(&[0; 8]);
        let limit = params.number("limit", 1, LIMIT.0).unwrap_or(LIMIT.1);
        let from = match params.value("cursor") {
            None => 0,
            Some(cursor) => match decoded(cursor) {
                Some((of, from)) if of == state => from,
                Some(_) => return Err(Problem::stale_cursor()),
                None => {
                    params.fault(Fault {
                        parameter: Some("cursor".to_owned()),
                        detail: Sentence::new(
                            "`cursor` is none that a list has given: take `next` of the page before, or \
                             leave it out for the first page.",
                            "`cursor` không phải giá trị do danh sách trả về: dùng `next` của trang trước, \
                             hoặc bỏ tham số này để xem trang đầu.",
                        ),
                        expected: Vec::new(),
                    });
                    0
                }
            },
        };
        Ok(Self { state, from, limit })
    }

    /// The rows of the page, and the cursor of the next one where there is more.
    pub fn cut<T>(&self, rows: impl IntoIterator<Item = T>) -> (Vec<T>, Option<String>) {
        let mut rows = rows.into_iter().skip(self.from);
        let page: Vec<T> = rows.by_ref().take(self.limit).collect();
        let next = rows.next().is_some().then(|| self.after(page.len()));
        (page, next)
    }

    fn after(&self, rows: usize) -> String {
        let from = (self.from + rows) as u64;
        URL_SAFE_NO_PAD.encode([&self.state[..], &from.to_be_bytes()].concat())
    }
}

fn decoded(cursor: &str) -> Option<([u8; 8], usize)> {
    let octets = URL_SAFE_NO_PAD.decode(cursor).ok()?;
    let (state, from) = octets.split_first_chunk::<8>()?;
    let from = u64::from_be_bytes(from.try_into().ok()?);
    Some((*state, usize::try_from(from).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_leads_through_the_list_and_no_other() {
        let all: Vec<u32> = (0..7).collect();
        let (mut cursor, mut seen) = (None::<String>, Vec::new());
        for _ in 0..4 {
            let text =
                cursor.as_ref().map_or("limit=3".to_owned(), |c| format!("limit=3&cursor={c}"));
            let params = Params::of_query(&text);
            let page = Page::of(&params, "list").unwrap();
            let (rows, next) = page.cut(all.iter().copied());
            seen.extend(rows);
            cursor = next;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(seen, all);
        let params = Params::of_query("limit=3");
        let (_, next) = Page::of(&params, "list").unwrap().cut(all.iter());
        let text = format!("cursor={}", next.unwrap());
        assert!(Page::of(&Params::of_query(&text), "another list").is_err());
        let bad = Params::of_query("cursor=nonsense");
        assert_eq!(Page::of(&bad, "list").unwrap().from, 0);
        assert!(bad.finish(&["cursor"]).is_err());
    }
}
