-- What the migrations add up to. Generated; a test compares it.

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

create table castellan.posting (
  shelf integer not null,
  term text collate "C" not null,
  block integer not null,
  postings bytea not null,
  constraint posting_pkey PRIMARY KEY (shelf, term, block)
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

CREATE INDEX chronicle_by_root ON castellan.chronicle USING btree (context, namespace, root_name, at);

CREATE INDEX chronicle_by_time ON castellan.chronicle USING btree (context, at);

CREATE UNIQUE INDEX document_alive ON castellan.document USING btree (shelf, item) WHERE (died IS NULL);

CREATE UNIQUE INDEX document_dead ON castellan.document USING btree (shelf, died) WHERE (died IS NOT NULL);

CREATE UNIQUE INDEX embedding_model_active ON castellan.embedding_model USING btree (active) WHERE active;

CREATE INDEX memory_by_hash ON castellan.memory USING btree (hash);

CREATE INDEX memory_by_session ON castellan.memory USING btree (shelf, session, seq) WHERE (session IS NOT NULL);

CREATE INDEX memory_by_shelf ON castellan.memory USING btree (shelf, id);

CREATE INDEX memory_link_by_target ON castellan.memory_link USING btree (target, type);

CREATE OR REPLACE FUNCTION castellan.refuse_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception '%.% is append-only', tg_table_schema, tg_table_name using errcode = 'insufficient_privilege';
end
$function$;

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON castellan.audit FOR EACH STATEMENT EXECUTE FUNCTION castellan.refuse_change();
