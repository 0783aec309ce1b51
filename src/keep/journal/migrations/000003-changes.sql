--! compatible

-- Changes. `view` is what an agent may see of one, `record` what the keep needs beside it (sources, document, page, signatures):
-- masked too, for the plan itself lies sealed in a file.
create table castellan.change (
  id text primary key check (id ~ '^chg_[a-z2-7]{26}$'),
  set_id text not null check (set_id ~ '^set_[a-z2-7]{26}$'),
  position int4 not null,
  stack text not null,
  state text not null,
  agent text not null,
  human text not null,
  created_at timestamptz not null,
  changed_at timestamptz not null,
  view jsonb not null,
  record jsonb not null,
  unique (set_id, position)
);

create index change_by_time on castellan.change (created_at);
create index change_by_state on castellan.change (state);

-- One open change a stack. A row outlives its change while the apply was interrupted: only a signed unlock removes it then.
create table castellan.lease (
  stack text primary key,
  change text not null references castellan.change (id),
  since timestamptz not null
);

-- What humans signed, as it was signed. Each is proved again whenever it counts.
create table castellan.decision (
  nonce text primary key,
  kind text not null,
  subject text not null,
  at timestamptz not null,
  signature jsonb not null
);

create index decision_by_kind on castellan.decision (kind, at);

-- How far an apply came: a row before each step, so that whoever finds it knows what may have happened.
create table castellan.apply_step (
  change text not null references castellan.change (id),
  attempt int4 not null,
  step text not null,
  at timestamptz not null,
  primary key (change, attempt, step)
);

-- Applies by other hands, until a human has seen them.
create table castellan.foreign_apply (
  stack text not null,
  at timestamptz not null,
  what text not null,
  seen_by text,
  primary key (stack, at)
);

-- What each stack's state was when it was last accounted for: by an apply of ours, or told as foreign.
create table castellan.known_state (
  stack text primary key,
  -- Serial and lineage, or the blob of an encrypted file.
  mark jsonb not null,
  at timestamptz not null
);

-- Commits that this keep put on the branch: what the trusted base is made of, beside what approvers adopted.
create table castellan.landed_commit (
  id text primary key check (id ~ '^[0-9a-f]{40}$'),
  change text not null,
  at timestamptz not null,
  position int8 generated always as identity
);
