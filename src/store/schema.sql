-- What the migrations add up to. Generated; a test compares it.

create table castellan.action_item (
  id text collate "C" not null,
  incident text collate "C",
  report text collate "C",
  place bigint not null,
  title text not null,
  status text not null,
  owner text,
  body json not null,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  constraint action_item_check CHECK (((incident IS NULL) <> (report IS NULL))),
  constraint action_item_incident_fkey FOREIGN KEY (incident) REFERENCES castellan.incident(id),
  constraint action_item_pkey PRIMARY KEY (id),
  constraint action_item_status_check CHECK ((status = ANY (ARRAY['open'::text, 'in-progress'::text, 'landed'::text, 'regressed'::text, 'dropped'::text])))
);

create table castellan.audit (
  epoch text collate "C" not null,
  seq bigint not null,
  entry jsonb not null,
  hash text not null,
  constraint audit_hash_check CHECK ((hash ~ '^[0-9a-f]{64}$'::text)),
  constraint audit_pkey PRIMARY KEY (epoch, seq),
  constraint audit_seq_check CHECK ((seq >= 0))
);

create table castellan.chronicle (
  context text not null,
  key text collate "C" not null,
  at timestamp with time zone not null,
  last_at timestamp with time zone not null,
  not_before timestamp with time zone,
  count bigint not null,
  what text not null,
  kind text not null,
  namespace text not null,
  name text not null,
  root_kind text not null,
  root_name text not null,
  warning boolean not null,
  text text not null,
  reason text,
  detail text,
  constraint chronicle_count_check CHECK ((count > 0)),
  constraint chronicle_pkey PRIMARY KEY (context, key)
);

create table castellan.chronicle_span (
  context text not null,
  kind text not null,
  from_at timestamp with time zone not null,
  to_at timestamp with time zone not null,
  kept_from timestamp with time zone,
  version text not null,
  ended text,
  constraint chronicle_span_pkey PRIMARY KEY (context, kind, from_at)
);

create table castellan.chronicle_state (
  context text not null,
  kind text not null,
  namespace text not null,
  name text not null,
  state jsonb not null,
  constraint chronicle_state_pkey PRIMARY KEY (context, kind, namespace, name)
);

create table castellan.document (
  shelf integer not null,
  number integer not null,
  item bigint not null,
  content_length integer not null,
  keyword_length integer not null,
  session text,
  seq integer,
  died integer,
  constraint document_pkey PRIMARY KEY (shelf, number),
  constraint document_shelf_fkey FOREIGN KEY (shelf) REFERENCES castellan.shelf(id)
);

create table castellan.embedding_model (
  id integer not null,
  identity text not null,
  dimension integer not null,
  active boolean not null default false,
  dense_share real,
  calibrated_at timestamp with time zone,
  calibrated_on integer,
  created_at timestamp with time zone not null,
  constraint embedding_model_dense_share_check CHECK (((dense_share >= (0)::double precision) AND (dense_share <= (1)::double precision))),
  constraint embedding_model_dimension_check CHECK (((dimension >= 1) AND (dimension <= 16000))),
  constraint embedding_model_identity_key UNIQUE (identity),
  constraint embedding_model_pkey PRIMARY KEY (id)
);

create table castellan.evidence (
  id text collate "C" not null,
  incident text collate "C" not null,
  place integer not null,
  body json not null,
  payload bytea not null,
  constraint evidence_incident_fkey FOREIGN KEY (incident) REFERENCES castellan.incident(id),
  constraint evidence_incident_id_key UNIQUE (incident, id),
  constraint evidence_incident_place_key UNIQUE (incident, place),
  constraint evidence_payload_check CHECK ((octet_length(payload) <= 65536)),
  constraint evidence_pkey PRIMARY KEY (id),
  constraint evidence_place_check CHECK ((place > 0))
);

create table castellan.finding (
  id text collate "C" not null,
  incident text collate "C" not null,
  place integer not null,
  hypothesis text not null,
  status text not null,
  confidence double precision not null,
  next_checks text[] not null,
  by text not null,
  at timestamp with time zone not null,
  constraint finding_confidence_check CHECK (((confidence >= (0)::double precision) AND (confidence <= (1)::double precision))),
  constraint finding_incident_fkey FOREIGN KEY (incident) REFERENCES castellan.incident(id),
  constraint finding_incident_id_key UNIQUE (incident, id),
  constraint finding_incident_place_key UNIQUE (incident, place),
  constraint finding_pkey PRIMARY KEY (id),
  constraint finding_place_check CHECK ((place > 0)),
  constraint finding_status_check CHECK ((status = ANY (ARRAY['supported'::text, 'refuted'::text, 'open'::text])))
);

create table castellan.finding_evidence (
  incident text collate "C" not null,
  finding text collate "C" not null,
  "position" integer not null,
  evidence text collate "C" not null,
  constraint finding_evidence_incident_evidence_fkey FOREIGN KEY (incident, evidence) REFERENCES castellan.evidence(incident, id),
  constraint finding_evidence_incident_finding_fkey FOREIGN KEY (incident, finding) REFERENCES castellan.finding(incident, id),
  constraint finding_evidence_pkey PRIMARY KEY (finding, evidence)
);

create table castellan.incident (
  id text collate "C" not null,
  number integer not null,
  fingerprint text collate "C" not null,
  title text not null,
  symptom text not null,
  status text not null,
  severity text,
  override json,
  detected_by text not null,
  window_from timestamp with time zone not null,
  window_to timestamp with time zone,
  services text[] not null,
  namespaces text[] not null,
  started_at timestamp with time zone,
  detected_at timestamp with time zone not null,
  mitigated_at timestamp with time zone,
  resolved_at timestamp with time zone,
  change text collate "C",
  merged_into text collate "C",
  opened_by_agent text not null,
  opened_by_human text not null,
  opened_at timestamp with time zone not null,
  version integer not null,
  head text not null,
  pieces integer not null default 0,
  constraint incident_check CHECK (((status = 'merged'::text) = (merged_into IS NOT NULL))),
  constraint incident_check1 CHECK ((merged_into <> id)),
  constraint incident_head_check CHECK ((head ~ '^[0-9a-f]{64}$'::text)),
  constraint incident_merged_into_fkey FOREIGN KEY (merged_into) REFERENCES castellan.incident(id),
  constraint incident_number_check CHECK ((number > 0)),
  constraint incident_number_key UNIQUE (number),
  constraint incident_pieces_check CHECK ((pieces >= 0)),
  constraint incident_pkey PRIMARY KEY (id),
  constraint incident_status_check CHECK ((status = ANY (ARRAY['open'::text, 'triaged'::text, 'investigating'::text, 'mitigated'::text, 'reviewed'::text, 'drafted'::text, 'validated'::text, 'final'::text, 'amended'::text, 'dismissed'::text, 'merged'::text]))),
  constraint incident_version_check CHECK ((version > 0))
);

create table castellan.incident_count (
  last integer not null,
  constraint incident_count_last_check CHECK ((last >= 0))
);

create table castellan.incident_event (
  incident text collate "C" not null,
  seq integer not null,
  at timestamp with time zone not null,
  kind text not null,
  text text not null,
  reason text,
  by text not null,
  evidence text[] not null,
  binds json not null,
  hash text not null,
  constraint incident_event_hash_check CHECK ((hash ~ '^[0-9a-f]{64}$'::text)),
  constraint incident_event_incident_fkey FOREIGN KEY (incident) REFERENCES castellan.incident(id),
  constraint incident_event_pkey PRIMARY KEY (incident, seq),
  constraint incident_event_seq_check CHECK ((seq > 0))
);

create table castellan.incident_history (
  incident text collate "C" not null,
  asked_at timestamp with time zone not null,
  candidates json not null,
  constraint incident_history_incident_fkey FOREIGN KEY (incident) REFERENCES castellan.incident(id),
  constraint incident_history_pkey PRIMARY KEY (incident)
);

create table castellan.incident_key (
  human text not null,
  agent text not null,
  key text not null,
  input_hash text not null,
  answer json,
  at timestamp with time zone not null,
  constraint incident_key_pkey PRIMARY KEY (human, agent, key)
);

create table castellan.incident_lease (
  incident text collate "C" not null,
  stage text not null,
  holder text not null,
  token text not null,
  until timestamp with time zone not null,
  constraint incident_lease_incident_fkey FOREIGN KEY (incident) REFERENCES castellan.incident(id),
  constraint incident_lease_pkey PRIMARY KEY (incident, stage)
);

create table castellan.incident_report (
  incident text collate "C" not null,
  version integer not null,
  final boolean not null,
  body json not null,
  markdown text not null,
  constraint incident_report_incident_fkey FOREIGN KEY (incident) REFERENCES castellan.incident(id),
  constraint incident_report_pkey PRIMARY KEY (incident, version),
  constraint incident_report_version_check CHECK ((version > 0))
);

create table castellan.incident_row_mark (
  incident text collate "C" not null,
  "row" text collate "C" not null,
  note text,
  excluded text,
  constraint incident_row_mark_incident_fkey FOREIGN KEY (incident) REFERENCES castellan.incident(id),
  constraint incident_row_mark_pkey PRIMARY KEY (incident, "row")
);

create table castellan.incident_triage (
  incident text collate "C" not null,
  body json not null,
  constraint incident_triage_incident_fkey FOREIGN KEY (incident) REFERENCES castellan.incident(id),
  constraint incident_triage_pkey PRIMARY KEY (incident)
);

create table castellan.incident_verdict (
  incident text collate "C" not null,
  document text not null,
  verdict text not null,
  reason text not null,
  constraint incident_verdict_incident_fkey FOREIGN KEY (incident) REFERENCES castellan.incident(id),
  constraint incident_verdict_pkey PRIMARY KEY (incident, document),
  constraint incident_verdict_verdict_check CHECK ((verdict = ANY (ARRAY['accepted'::text, 'rejected'::text])))
);

create table castellan.known_issue (
  origin text collate "C" not null,
  id text collate "C" not null,
  title text not null,
  services text[] not null,
  namespaces text[] not null,
  rules text[] not null,
  symptoms text[] not null,
  workaround text not null,
  until text,
  constraint known_issue_pkey PRIMARY KEY (origin, id)
);

create table castellan.memory (
  id bigint not null,
  shelf integer not null,
  author text not null,
  category text not null,
  content text,
  cipher bytea,
  sealed_with text,
  keywords text not null,
  tags text[] not null,
  importance real not null,
  source text,
  session text,
  seq integer,
  valid_from timestamp with time zone not null,
  valid_to timestamp with time zone,
  recorded_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  deleted_at timestamp with time zone,
  revision integer not null default 1,
  hash bytea not null,
  constraint memory_check CHECK (((content IS NULL) <> (cipher IS NULL))),
  constraint memory_check1 CHECK (((cipher IS NULL) = (sealed_with IS NULL))),
  constraint memory_check2 CHECK (((valid_to IS NULL) OR (valid_to >= valid_from))),
  constraint memory_content_check CHECK ((char_length(content) <= 1400)),
  constraint memory_importance_check CHECK (((importance >= (0)::double precision) AND (importance <= (1)::double precision))),
  constraint memory_pkey PRIMARY KEY (id),
  constraint memory_shelf_fkey FOREIGN KEY (shelf) REFERENCES castellan.shelf(id)
);

create table castellan.memory_link (
  source bigint not null,
  type text not null,
  target bigint not null,
  made_by text not null,
  made_at timestamp with time zone not null,
  constraint memory_link_check CHECK ((source <> target)),
  constraint memory_link_pkey PRIMARY KEY (source, type, target),
  constraint memory_link_source_fkey FOREIGN KEY (source) REFERENCES castellan.memory(id) ON DELETE CASCADE,
  constraint memory_link_target_fkey FOREIGN KEY (target) REFERENCES castellan.memory(id) ON DELETE CASCADE,
  constraint memory_link_type_check CHECK ((type = ANY (ARRAY['supersedes'::text, 'resolved-by'::text, 'part-of'::text, 'see-also'::text])))
);

create table castellan.memory_revision (
  memory bigint not null,
  revision integer not null,
  replaced_at timestamp with time zone not null,
  replaced_by text not null,
  category text not null,
  content text,
  cipher bytea,
  sealed_with text,
  keywords text not null,
  tags text[] not null,
  importance real not null,
  valid_from timestamp with time zone not null,
  valid_to timestamp with time zone,
  constraint memory_revision_memory_fkey FOREIGN KEY (memory) REFERENCES castellan.memory(id) ON DELETE CASCADE,
  constraint memory_revision_pkey PRIMARY KEY (memory, revision)
);

create table castellan.migration (
  number integer not null,
  name text not null,
  checksum text not null,
  breaking boolean not null,
  build text not null,
  applied_at timestamp with time zone not null default now(),
  constraint migration_pkey PRIMARY KEY (number)
);

create table castellan.past_report (
  slug text collate "C" not null,
  title text not null,
  at timestamp with time zone not null,
  severity text,
  services text[] not null,
  namespaces text[] not null,
  symptom text not null,
  cause text not null,
  fix text not null,
  alerts text[] not null,
  markdown text not null,
  origin text not null,
  incident text,
  hash bytea not null,
  constraint past_report_pkey PRIMARY KEY (slug)
);

create table castellan.posting (
  shelf integer not null,
  term text collate "C" not null,
  block integer not null,
  postings bytea not null,
  constraint posting_pkey PRIMARY KEY (shelf, term, block)
);

create table castellan.prepared_patch (
  id text collate "C" not null,
  made_at timestamp with time zone not null,
  agent text not null,
  human text collate "C" not null,
  stack text not null,
  purpose text not null,
  diff text not null,
  constraint prepared_patch_diff_check CHECK ((octet_length(diff) <= 65536)),
  constraint prepared_patch_id_check CHECK ((id ~ '^patch_[a-z2-7]{26}$'::text)),
  constraint prepared_patch_pkey PRIMARY KEY (id)
);

create table castellan.runbook (
  origin text collate "C" not null,
  name text collate "C" not null,
  title text not null,
  services text[] not null,
  alerts text[] not null,
  symptoms text[] not null,
  text text not null,
  constraint runbook_pkey PRIMARY KEY (origin, name)
);

create table castellan.section (
  id bigint not null,
  shelf integer not null,
  document text not null,
  "position" integer not null,
  heading text not null,
  content text not null,
  at timestamp with time zone,
  document_hash bytea not null,
  constraint section_pkey PRIMARY KEY (id),
  constraint section_shelf_document_position_key UNIQUE (shelf, document, "position"),
  constraint section_shelf_fkey FOREIGN KEY (shelf) REFERENCES castellan.shelf(id)
);

create table castellan.shelf (
  id integer not null,
  kind text not null,
  name text not null,
  owner text not null,
  visibility text not null,
  readers text[] not null,
  documents integer not null default 0,
  dead integer not null default 0,
  words integer not null default 0,
  generation integer not null default 0,
  constraint shelf_check CHECK ((((kind = 'memory'::text) = (owner <> ''::text)) AND ((kind = 'corpus'::text) = (name <> ''::text)))),
  constraint shelf_check1 CHECK (((kind = 'memory'::text) OR (visibility = 'public'::text))),
  constraint shelf_check2 CHECK (((visibility = 'shared'::text) = (cardinality(readers) > 0))),
  constraint shelf_kind_check CHECK ((kind = ANY (ARRAY['memory'::text, 'corpus'::text]))),
  constraint shelf_kind_name_owner_visibility_readers_key UNIQUE (kind, name, owner, visibility, readers),
  constraint shelf_pkey PRIMARY KEY (id),
  constraint shelf_visibility_check CHECK ((visibility = ANY (ARRAY['private'::text, 'shared'::text, 'public'::text])))
);

create table castellan.vocabulary (
  shelf integer not null,
  number integer not null,
  term text collate "C" not null,
  constraint vocabulary_pkey PRIMARY KEY (shelf, number)
);

CREATE INDEX action_item_by_incident ON castellan.action_item USING btree (incident) WHERE (incident IS NOT NULL);

CREATE INDEX action_item_by_report ON castellan.action_item USING btree (report) WHERE (report IS NOT NULL);

CREATE INDEX chronicle_by_root ON castellan.chronicle USING btree (context, namespace, root_name, at);

CREATE INDEX chronicle_by_time ON castellan.chronicle USING btree (context, at);

CREATE UNIQUE INDEX document_alive ON castellan.document USING btree (shelf, item) WHERE (died IS NULL);

CREATE UNIQUE INDEX document_dead ON castellan.document USING btree (shelf, died) WHERE (died IS NOT NULL);

CREATE UNIQUE INDEX embedding_model_active ON castellan.embedding_model USING btree (active) WHERE active;

CREATE INDEX incident_by_time ON castellan.incident USING btree (opened_at);

CREATE UNIQUE INDEX incident_count_once ON castellan.incident_count USING btree ((true));

CREATE UNIQUE INDEX incident_of_change ON castellan.incident USING btree (change) WHERE (change IS NOT NULL);

CREATE UNIQUE INDEX incident_under_way ON castellan.incident USING btree (fingerprint) WHERE (status <> ALL (ARRAY['final'::text, 'amended'::text, 'dismissed'::text, 'merged'::text]));

CREATE INDEX memory_by_hash ON castellan.memory USING btree (hash);

CREATE INDEX memory_by_session ON castellan.memory USING btree (shelf, session, seq) WHERE (session IS NOT NULL);

CREATE INDEX memory_by_shelf ON castellan.memory USING btree (shelf, id);

CREATE INDEX memory_link_by_target ON castellan.memory_link USING btree (target, type);

CREATE INDEX past_report_by_time ON castellan.past_report USING btree (at);

CREATE INDEX prepared_patch_by_human ON castellan.prepared_patch USING btree (human, made_at);

CREATE OR REPLACE FUNCTION castellan.refuse_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception '%.% is append-only', tg_table_schema, tg_table_name using errcode = 'insufficient_privilege';
end
$function$;

CREATE OR REPLACE FUNCTION castellan.refuse_change_of_final()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception 'version % of a report is final', old.version using errcode = 'insufficient_privilege';
end
$function$;

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON castellan.audit FOR EACH STATEMENT EXECUTE FUNCTION castellan.refuse_change();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON castellan.evidence FOR EACH STATEMENT EXECUTE FUNCTION castellan.refuse_change();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON castellan.incident_event FOR EACH STATEMENT EXECUTE FUNCTION castellan.refuse_change();

CREATE TRIGGER final_stays BEFORE DELETE OR UPDATE ON castellan.incident_report FOR EACH ROW WHEN (old.final) EXECUTE FUNCTION castellan.refuse_change_of_final();

CREATE TRIGGER never_emptied BEFORE TRUNCATE ON castellan.incident_report FOR EACH STATEMENT EXECUTE FUNCTION castellan.refuse_change();
