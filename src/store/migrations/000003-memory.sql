--! compatible

-- Memories, reference documents and the index both are found by. memory/entry.ts and memory/postings/port.ts have the words.
--
-- A shelf is what is searched as one: all entries that the same people may read, or one corpus. Who may read a shelf is
-- asked here and nowhere else; no list of postings, no count and no vocabulary crosses from one shelf into another.
create table castellan.shelf (
  id int4 generated always as identity primary key,
  kind text not null check (kind in ('memory', 'corpus')),
  -- Of a corpus; empty for memories.
  name text not null,
  -- Whose memories they are: `human:robin`; empty for a corpus.
  owner text not null,
  visibility text not null check (visibility in ('private', 'shared', 'public')),
  -- Of a shared shelf, besides its owner; sorted.
  readers text[] not null,
  -- How many numbers were given to documents: the next document gets this one. The row is locked while one is added or dies.
  documents int4 not null default 0,
  -- How many of them died.
  dead int4 not null default 0,
  -- How many words its vocabulary has.
  words int4 not null default 0,
  -- Raised when the living get new numbers: what a reader kept under another generation is of no use.
  generation int4 not null default 0,
  check ((kind = 'memory') = (owner <> '') and (kind = 'corpus') = (name <> '')),
  check (kind = 'memory' or visibility = 'public'),
  check ((visibility = 'shared') = (cardinality(readers) > 0)),
  unique (kind, name, owner, visibility, readers)
);

-- Numbers of a shelf are given once, in the order of commits, and deaths are counted in theirs: readers keep what they
-- have read and ask for the documents and the deaths that they do not know yet.
create table castellan.document (
  shelf int4 not null references castellan.shelf,
  number int4 not null,
  -- Of the memory, or of the corpus' section.
  item int8 not null,
  content_length int4 not null,
  keyword_length int4 not null,
  session text,
  seq int4,
  -- It was the shelf's n-th to die, from 0; null: it lives. Nothing else of a row changes.
  died int4,
  primary key (shelf, number)
);
create unique index document_alive on castellan.document (shelf, item) where died is null;
create unique index document_dead on castellan.document (shelf, died) where died is not null;

-- Where a term occurs: memory/postings/codec.ts has the format. A block holds the numbers from block × 1024 on. Appended to
-- by every new document, so a page keeps room for the row's next version; written under the shelf's lock alone, so there is
-- no foreign key to prove row by row.
create table castellan.posting (
  shelf int4 not null,
  term text collate "C" not null,
  block int4 not null,
  postings bytea not null,
  primary key (shelf, term, block)
) with (fillfactor = 70);

-- The words of a shelf, numbered as its documents are: a mistyped one is held against them by whoever reads.
create table castellan.vocabulary (
  shelf int4 not null,
  number int4 not null,
  term text collate "C" not null,
  primary key (shelf, number)
);

create table castellan.memory (
  id int8 generated always as identity primary key,
  shelf int4 not null references castellan.shelf,
  -- `agent:claude`: who wrote it, for whoever reads it to judge by.
  author text not null,
  category text not null,
  -- Of a sensitive entry it is null, and the text is in `cipher`.
  content text check (char_length(content) <= 1400),
  cipher bytea,
  sealed_with text,
  keywords text not null,
  tags text[] not null,
  importance float4 not null check (importance between 0 and 1),
  source text,
  session text,
  seq int4,
  valid_from timestamptz not null,
  valid_to timestamptz,
  recorded_at timestamptz not null,
  updated_at timestamptz not null,
  deleted_at timestamptz,
  revision int4 not null default 1,
  -- SHA-256 of the normalised text; of a sensitive entry random bytes: nobody may try texts against it.
  hash bytea not null,
  check ((content is null) <> (cipher is null)),
  check ((cipher is null) = (sealed_with is null)),
  check (valid_to is null or valid_to >= valid_from)
);
create index memory_by_shelf on castellan.memory (shelf, id);
create index memory_by_hash on castellan.memory (hash);
create index memory_by_session on castellan.memory (shelf, session, seq) where session is not null;

create table castellan.memory_revision (
  memory int8 not null references castellan.memory on delete cascade,
  revision int4 not null,
  replaced_at timestamptz not null,
  replaced_by text not null,
  category text not null,
  content text,
  cipher bytea,
  sealed_with text,
  keywords text not null,
  tags text[] not null,
  importance float4 not null,
  valid_from timestamptz not null,
  valid_to timestamptz,
  primary key (memory, revision)
);

create table castellan.memory_link (
  source int8 not null references castellan.memory on delete cascade,
  type text not null check (type in ('supersedes', 'resolved-by', 'part-of', 'see-also')),
  target int8 not null references castellan.memory on delete cascade,
  made_by text not null,
  made_at timestamptz not null,
  primary key (source, type, target),
  check (source <> target)
);
create index memory_link_by_target on castellan.memory_link (target, type);

-- A reference document or a past incident, cut at its headings.
create table castellan.section (
  id int8 generated always as identity primary key,
  shelf int4 not null references castellan.shelf,
  -- What the document is called in its corpus: a path, an incident's id.
  document text not null,
  position int4 not null,
  heading text not null,
  content text not null,
  at timestamptz,
  -- SHA-256 of the whole document: what is unchanged is not indexed again.
  document_hash bytea not null,
  unique (shelf, document, position)
);

create table castellan.embedding_model (
  id int4 generated always as identity primary key,
  -- Everything that makes two vectors comparable, as one text: memory/embed/model.ts.
  identity text not null unique,
  dimension int4 not null check (dimension between 1 and 16000),
  -- Asked by recall; the one that is not active is being filled or waits to be dropped.
  active bool not null default false,
  -- The dense leg's share of a score, found on the store's own entries; null: not measured yet.
  dense_share float4 check (dense_share between 0 and 1),
  calibrated_at timestamptz,
  calibrated_on int4,
  created_at timestamptz not null
);
create unique index embedding_model_active on castellan.embedding_model (active) where active;
