--! compatible

-- Plan runs. `view` is what an agent may see of one; a patch is never written down, and neither is anything of a plan that
-- was not masked. What an open run needs beside that dies with the keep.
create table castellan.run (
  id text primary key check (id ~ '^run_[a-z2-7]{26}$'),
  stack text not null,
  state text not null,
  agent text not null,
  human text not null,
  created_at timestamptz not null,
  changed_at timestamptz not null,
  view jsonb not null
);

create index run_by_time on castellan.run (created_at);
create index run_open on castellan.run (state)
  where state in ('queued', 'fetching', 'judging', 'needs-consent', 'planning');

-- Plans that were asked for, by whom: what the hourly quota counts.
create table castellan.spent (
  at timestamptz not null,
  principal text not null
);

create index spent_by_time on castellan.spent (at);

-- What the keep itself has seen of a stack's state: the record a plan is compared with.
create table castellan.stack_record (
  stack text primary key,
  lineage text not null,
  serial int8 not null,
  sha256 text not null,
  resources int4 not null,
  -- When this keep first saw the stack at all, and when it first saw this serial.
  first_seen timestamptz not null,
  serial_seen timestamptz not null
);

create table castellan.drift (
  stack text primary key,
  state text not null check (state in ('clean', 'differs', 'unknown')),
  at timestamptz not null,
  commit text not null,
  why text,
  counts text,
  addresses jsonb not null,
  digest text,
  confirmed bool not null
);

-- What was shut and stays so, whatever becomes of what shut it: only root, later a signature, opens it again.
create table castellan.latch (
  name text primary key,
  since timestamptz not null,
  why text not null
);
