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

create table castellan.migration (
  number integer not null,
  name text not null,
  checksum text not null,
  breaking boolean not null,
  build text not null,
  applied_at timestamp with time zone not null default now(),
  constraint migration_pkey PRIMARY KEY (number)
);

CREATE INDEX chronicle_by_root ON castellan.chronicle USING btree (context, namespace, root_name, at);

CREATE INDEX chronicle_by_time ON castellan.chronicle USING btree (context, at);

CREATE OR REPLACE FUNCTION castellan.refuse_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception '%.% is append-only', tg_table_schema, tg_table_name using errcode = 'insufficient_privilege';
end
$function$;

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON castellan.audit FOR EACH STATEMENT EXECUTE FUNCTION castellan.refuse_change();
