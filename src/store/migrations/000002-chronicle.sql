--! compatible

-- What happened in the clusters, condensed: a row is one thing about one object in one hour, however often it happened
-- then. src/cluster/chronicle/entry.ts has the words. Rows are counted up in place, so no index holds what changes.
create table castellan.chronicle (
  context text not null,
  key text collate "C" not null,
  at timestamptz not null,
  last_at timestamptz not null,
  not_before timestamptz,
  count int8 not null check (count > 0),
  what text not null,
  kind text not null,
  namespace text not null,
  name text not null,
  root_kind text not null,
  root_name text not null,
  warning bool not null,
  text text not null,
  reason text,
  detail text,
  primary key (context, key)
) with (fillfactor = 85);

create index chronicle_by_time on castellan.chronicle (context, at);
create index chronicle_by_root on castellan.chronicle (context, namespace, root_name, at);

-- The last known state of what is followed: what a look after a gap is compared with.
create table castellan.chronicle_state (
  context text not null,
  kind text not null,
  namespace text not null,
  name text not null,
  state jsonb not null,
  primary key (context, kind, namespace, name)
) with (fillfactor = 85);

-- From when to when a kind was followed without a break; what lies between two of these was not seen. What was seen before
-- kept_from has been taken away since.
create table castellan.chronicle_span (
  context text not null,
  kind text not null,
  from_at timestamptz not null,
  to_at timestamptz not null,
  kept_from timestamptz,
  version text not null,
  ended text,
  primary key (context, kind, from_at)
) with (fillfactor = 85);
