--! compatible

-- Incidents: what was seen, found, decided and learned. src/incident/incident.ts and src/incident/record/port.ts have the words.
--
-- What is JSON is kept as text (json, not jsonb): it holds whatever a source said, NUL included, letter by letter.

-- How many numbers were given. The row is locked while an incident is opened: numbers have no gaps, and the same thing is
-- not opened twice.
create table castellan.incident_count (
  last int4 not null check (last >= 0)
);
insert into castellan.incident_count values (0);
create unique index incident_count_once on castellan.incident_count ((true));

create table castellan.incident (
  id text collate "C" primary key,
  number int4 not null unique check (number > 0),
  fingerprint text collate "C" not null,
  title text not null,
  symptom text not null,
  status text not null check (status in (
    'open', 'triaged', 'investigating', 'mitigated', 'reviewed', 'drafted', 'validated', 'final', 'amended', 'dismissed', 'merged')),
  severity text,
  -- { severity, by, reason }
  override json,
  detected_by text not null,
  window_from timestamptz not null,
  window_to timestamptz,
  services text[] not null,
  namespaces text[] not null,
  started_at timestamptz,
  detected_at timestamptz not null,
  mitigated_at timestamptz,
  resolved_at timestamptz,
  change text collate "C",
  merged_into text collate "C" references castellan.incident,
  opened_by_agent text not null,
  opened_by_human text not null,
  opened_at timestamptz not null,
  -- The number of its last event, and that event's hash.
  version int4 not null check (version > 0),
  head text not null check (head ~ '^[0-9a-f]{64}$'),
  -- How many pieces of evidence it has.
  pieces int4 not null default 0 check (pieces >= 0),
  check ((status = 'merged') = (merged_into is not null)),
  check (merged_into <> id)
);
-- One is open for the same thing, and one for a change, for ever.
create unique index incident_under_way on castellan.incident (fingerprint)
  where status not in ('final', 'amended', 'dismissed', 'merged');
create unique index incident_of_change on castellan.incident (change) where change is not null;
create index incident_by_time on castellan.incident (opened_at);

-- src/incident/record/events.ts says what is hashed.
create table castellan.incident_event (
  incident text collate "C" not null references castellan.incident,
  seq int4 not null check (seq > 0),
  at timestamptz not null,
  kind text not null,
  text text not null,
  reason text,
  by text not null,
  evidence text[] not null,
  binds json not null,
  hash text not null check (hash ~ '^[0-9a-f]{64}$'),
  primary key (incident, seq)
);
create trigger append_only before update or delete or truncate on castellan.incident_event
  for each statement execute function castellan.refuse_change();

create table castellan.evidence (
  id text collate "C" primary key,
  incident text collate "C" not null references castellan.incident,
  -- From 1, as it was added.
  place int4 not null check (place > 0),
  -- Everything of it but id, incident and payload.
  body json not null,
  payload bytea not null check (octet_length(payload) <= 65536),
  unique (incident, place),
  unique (incident, id)
);
create trigger append_only before update or delete or truncate on castellan.evidence
  for each statement execute function castellan.refuse_change();

create table castellan.finding (
  id text collate "C" primary key,
  incident text collate "C" not null references castellan.incident,
  place int4 not null check (place > 0),
  hypothesis text not null,
  status text not null check (status in ('supported', 'refuted', 'open')),
  confidence float8 not null check (confidence between 0 and 1),
  next_checks text[] not null,
  by text not null,
  at timestamptz not null,
  unique (incident, place),
  unique (incident, id)
);

-- Both of the same incident.
create table castellan.finding_evidence (
  incident text collate "C" not null,
  finding text collate "C" not null,
  position int4 not null,
  evidence text collate "C" not null,
  primary key (finding, evidence),
  foreign key (incident, finding) references castellan.finding (incident, id),
  foreign key (incident, evidence) references castellan.evidence (incident, id)
);

create table castellan.incident_row_mark (
  incident text collate "C" not null references castellan.incident,
  row text collate "C" not null,
  note text,
  excluded text,
  primary key (incident, row)
);

create table castellan.incident_triage (
  incident text collate "C" primary key references castellan.incident,
  body json not null
);

create table castellan.incident_history (
  incident text collate "C" primary key references castellan.incident,
  asked_at timestamptz not null,
  candidates json not null
);

-- By document and apart from the candidates: a verdict outlives the list it was given on.
create table castellan.incident_verdict (
  incident text collate "C" not null references castellan.incident,
  document text not null,
  verdict text not null check (verdict in ('accepted', 'rejected')),
  reason text not null,
  primary key (incident, document)
);

create table castellan.incident_report (
  incident text collate "C" not null references castellan.incident,
  version int4 not null check (version > 0),
  final bool not null,
  -- Everything of it but version, final and Markdown.
  body json not null,
  markdown text not null,
  primary key (incident, version)
);
create function castellan.refuse_change_of_final() returns trigger language plpgsql as $$
begin
  raise exception 'version % of a report is final', old.version using errcode = 'insufficient_privilege';
end
$$;
create trigger final_stays before update or delete on castellan.incident_report
  for each row when (old.final) execute function castellan.refuse_change_of_final();
create trigger never_emptied before truncate on castellan.incident_report
  for each statement execute function castellan.refuse_change();

create table castellan.action_item (
  id text collate "C" primary key,
  incident text collate "C" references castellan.incident,
  -- The slug of an imported report.
  report text collate "C",
  place int8 generated always as identity,
  title text not null,
  status text not null check (status in ('open', 'in-progress', 'landed', 'regressed', 'dropped')),
  owner text,
  -- Everything else of it.
  body json not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  check ((incident is null) <> (report is null))
);
create index action_item_by_incident on castellan.action_item (incident) where incident is not null;
create index action_item_by_report on castellan.action_item (report) where report is not null;

-- Who works on a stage, by the database's clock.
create table castellan.incident_lease (
  incident text collate "C" not null references castellan.incident,
  stage text not null,
  holder text not null,
  -- Of this holding alone: whoever lost it can neither renew nor end the next one's.
  token text not null,
  until timestamptz not null,
  primary key (incident, stage)
);

-- What was answered to a call that came with a key; null while it is under way.
create table castellan.incident_key (
  human text not null,
  agent text not null,
  key text not null,
  input_hash text not null,
  answer json,
  at timestamptz not null,
  primary key (human, agent, key)
);
