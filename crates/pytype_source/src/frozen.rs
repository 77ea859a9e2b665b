//! Tables of answers that hold for a whole frozen run, shared by all threads.
//!
//! A query costs a key, a memo, a lock and a look at what it depends on. In a run whose files never
//! change, what is asked about a file or a definition is found by its number instead. An answer is
//! stored once and never changes; two threads that answer the same question at once find the same,
//! and one of the two answers is dropped.

use std::cell::OnceCell;

use once_cell::race::OnceBox;

use crate::File;

/// Files in one page, pages in one directory, directories: any number that a file may have fits.
const FILES: usize = 1 << 10;
const PAGES: usize = 1 << 11;
const DIRECTORIES: usize = 1 << 11;

/// What is known of the files of one page: it is found with few steps, and most pages are full.
type Page<T> = [T; FILES];
type Directory<T> = [OnceBox<Page<T>>; PAGES];

fn number_of(file: File) -> usize {
    file.number() as usize
}

/// Something for each file.
pub struct PerFile<T> {
    /// The files with small numbers, which are all in almost every run.
    first: Box<Directory<T>>,
    all: OnceBox<[OnceBox<Directory<T>>; DIRECTORIES]>,
}

impl<T> Default for PerFile<T> {
    fn default() -> Self {
        PerFile { first: filled(), all: OnceBox::new() }
    }
}

impl<T: Default> PerFile<T> {
    #[inline]
    pub fn of(&self, file: File) -> &T {
        let number = number_of(file);
        let directory = if number < FILES * PAGES { &self.first } else { self.directory(number) };
        let page = &directory[number / FILES % PAGES];
        &page.get().unwrap_or_else(|| new_page(page))[number % FILES]
    }

    #[cold]
    fn directory(&self, number: usize) -> &Directory<T> {
        self.all.get_or_init(filled)[number / (FILES * PAGES) % DIRECTORIES].get_or_init(filled)
    }
}

#[cold]
#[inline(never)]
fn new_page<T: Default>(page: &OnceBox<Page<T>>) -> &Page<T> {
    page.get_or_init(filled)
}

/// An array of what there is at first, made where it stays.
fn filled<T: Default, const LENGTH: usize>() -> Box<[T; LENGTH]> {
    let items: Box<[T]> = std::iter::repeat_with(T::default).take(LENGTH).collect();
    let Ok(items) = items.try_into() else { unreachable!("it has this length") };
    items
}

type OwnRow<T> = Box<[OnceCell<T>]>;

/// Something for each file that one thread has for itself, and can take back.
pub struct OwnPerFile<T> {
    /// The pages of files with small numbers, as in [`PerFile`].
    first: OwnRow<OwnRow<T>>,
    all: OnceCell<OwnRow<OwnRow<OwnRow<T>>>>,
}

impl<T> Default for OwnPerFile<T> {
    fn default() -> Self {
        OwnPerFile { first: own_row(PAGES), all: OnceCell::new() }
    }
}

impl<T> OwnPerFile<T> {
    /// What there is of a file already.
    #[inline]
    pub fn get(&self, file: File) -> Option<&T> {
        let number = number_of(file);
        let pages = if number < FILES * PAGES { &self.first } else { self.pages(number)? };
        pages[number / FILES % PAGES].get()?[number % FILES].get()
    }

    #[cold]
    fn pages(&self, number: usize) -> Option<&OwnRow<OwnRow<T>>> {
        self.all.get()?[number / (FILES * PAGES)].get()
    }

    pub fn get_or_init(&self, file: File, make: impl FnOnce() -> T) -> &T {
        let number = number_of(file);
        let pages = if number < FILES * PAGES {
            &self.first
        } else {
            let all = self.all.get_or_init(|| own_row(DIRECTORIES));
            all[number / (FILES * PAGES)].get_or_init(|| own_row(PAGES))
        };
        let files = pages[number / FILES % PAGES].get_or_init(|| own_row(FILES));
        files[number % FILES].get_or_init(make)
    }

    pub fn take(&mut self, file: File) -> Option<T> {
        let number = number_of(file);
        let pages = if number < FILES * PAGES {
            &mut self.first
        } else {
            self.all.get_mut()?[number / (FILES * PAGES)].get_mut()?
        };
        pages[number / FILES % PAGES].get_mut()?[number % FILES].take()
    }
}

fn own_row<T>(length: usize) -> OwnRow<T> {
    (0..length).map(|_| OnceCell::new()).collect()
}

type Row<T> = Box<[OnceBox<T>]>;

/// Answers to one kind of question about things that are numbered from 0. The row is made when the
/// first question is asked.
pub struct Slots<V>(OnceBox<Row<V>>);

impl<V> Default for Slots<V> {
    fn default() -> Self {
        Slots(OnceBox::new())
    }
}

impl<V> Slots<V> {
    /// The answer about thing `number`, if there is one already.
    #[inline]
    pub fn known(&self, number: usize) -> Option<&V> {
        self.0.get()?.get(number)?.get()
    }

    /// The place for the answer about thing `number` of `count`; `None` beyond.
    pub fn at(&self, number: usize, count: impl FnOnce() -> usize) -> Option<&OnceBox<V>> {
        self.0.get_or_init(|| Box::new(row(count()))).get(number)
    }
}

fn row<V>(length: usize) -> Row<V> {
    (0..length).map(|_| OnceBox::new()).collect()
}
