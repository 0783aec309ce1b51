#!/usr/bin/env node
// Made from src/guard by scripts/build-guard.ts: change the sources, then run npm run build:guard.
// src/guard/marks.ts
/** What stands in a text for what cannot be known from it: the value of a variable, the output of a program. */
var UNKNOWN = "\0";
/** Follows UNKNOWN where it stands for a credential of the environment. */
var SECRET = "\u0001";
/** The output of `env` and its like. */
var ENVIRONMENT = "\u0002";
/** The names in a text, by blanks. */
function list(names) {
	return names.split(/\s+/).filter(Boolean);
}
function set(names) {
	return new Set(list(names));
}
/** The command as it came, without what would mean one of the marks. */
function unmarked(command) {
	return command.replaceAll(UNKNOWN, "").replaceAll(SECRET, "").replaceAll(ENVIRONMENT, "");
}
// src/guard/daemon.ts
var patience$1 = {
	answerMs: 2500,
	answerBytes: 65536
};
/** Of what the daemon says, so much is shown. */
var shown = {
	lines: 6,
	bytes: 1200
};
/** A keep that has just started reads everything first. */
var slow = "The daemon did not say in time what edit of the source does the same: ask field_owner, with field and value.";
/** What the daemon of this data directory says of a denied command; nothing when there is none, or it does not know. */
async function askDaemon(home, version, { argv, stdin }) {
	const path = process.getBuiltinModule("node:path").join(home, "agent.sock");
	if (!process.getBuiltinModule("node:fs").existsSync(path)) return [];
	const { createConnection } = process.getBuiltinModule("node:net");
	const hello = {
		castellan: 1,
		build: {
			version,
			stamp: ""
		},
		schema: 0,
		config: null,
		purpose: "operator"
	};
	const request = {
		command: "iac.prepare",
		input: stdin !== void 0 && !stdin.includes(UNKNOWN) && argv.includes("-") ? {
			argv,
			stdin
		} : { argv }
	};
	return new Promise((done) => {
		let held = "";
		let bytes = 0;
		const socket = createConnection(path);
		const finish = (says) => {
			clearTimeout(late);
			socket.destroy();
			done(says);
		};
		const late = setTimeout(() => finish([slow]), patience$1.answerMs);
		socket.setEncoding("utf8");
		socket.on("error", () => finish([]));
		socket.on("close", () => finish([]));
		socket.on("connect", () => socket.write(`${JSON.stringify(hello)}\n${JSON.stringify(request)}\n`));
		socket.on("data", (chunk) => {
			held += chunk;
			bytes += Buffer.byteLength(chunk);
			const lines = held.split("\n");
			held = lines.pop() ?? "";
			if (bytes > patience$1.answerBytes) finish([]);
			for (const line of lines) {
				const says = saidIn(line);
				if (says !== void 0) finish(says);
			}
		});
	});
}
/** The lines of an answer; none for what is no answer and ends the talk; undefined for what goes on. */
function saidIn(line) {
	const told = objectOf(line);
	if (told === void 0 || "error" in told || "refused" in told) return [];
	if (!("answer" in told)) return void 0;
	const { answer } = told;
	return typeof answer === "object" && answer !== null && "says" in answer ? plainLines(answer.says) : [];
}
function objectOf(line) {
	try {
		const value = JSON.parse(line);
		return typeof value === "object" && value !== null ? value : void 0;
	} catch {
		return;
	}
}
/** The daemon's lines without what a terminal or a reader could take for something else, and no more than its share. */
function plainLines(says) {
	if (!Array.isArray(says)) return [];
	const kept = [];
	let left = shown.bytes;
	for (const line of says.filter((one) => typeof one === "string").slice(0, shown.lines)) {
		const plain = line.slice(0, shown.bytes).replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\u2028\u2029]+/gu, " ").trim();
		const cut = Buffer.from(plain).subarray(0, Math.max(0, left)).toString().replace(/\ufffd+$/u, "");
		left -= Buffer.byteLength(cut) + 1;
		if (cut !== "") kept.push(cut);
	}
	return kept;
}
// src/guard/flags.ts
/** The index of the first word that is no flag; `values` are the flags whose value is a word of its own. */
function afterFlags(given, values) {
	let index = 0;
	for (; index < given.length; index += 1) {
		const word = given[index] ?? "";
		if (word === "--") return index + 1;
		if (!word.startsWith("-") || word === "-") return index;
		if (values?.has(word)) index += 1;
	}
	return index;
}
/** Flags and other words; what a flag swallows is its value and nothing else. */
function readArguments(given, { values, goFlags }) {
	const flags = /* @__PURE__ */ new Map();
	const operands = [];
	const places = [];
	const add = (name, value) => flags.set(name.replace(/^-+/, ""), value);
	const operand = (word, index) => {
		operands.push(word);
		places.push(index);
	};
	let index = 0;
	for (; index < given.length && given[index] !== "--"; index += 1) {
		const word = given[index] ?? "";
		const equals = word.indexOf("=");
		const long = word.startsWith("--") || goFlags;
		if (!word.startsWith("-") || word === "-") operand(word, index);
		else if (long && equals > 0) add(word.slice(0, equals), word.slice(equals + 1));
		else if (long) {
			const known = values.has(word) || goFlags && values.has(word.replace(/^--/, "-"));
			if (known) index += 1;
			add(word, known ? given[index] : "");
		} else for (let at = 1; at < word.length; at += 1) {
			const letter = word.charAt(at);
			if (!values.has(`-${letter}`)) add(letter, "");
			else {
				const attached = word.slice(at + 1).replace(/^=/, "");
				if (attached === "") index += 1;
				add(letter, attached === "" ? given[index] : attached);
				break;
			}
		}
	}
	for (index += 1; index < given.length; index += 1) operand(given[index] ?? "", index);
	return {
		flags,
		operands,
		places
	};
}
// src/guard/programs.ts
function program(values, verbs) {
	return {
		values,
		...verbs
	};
}
var prepared = /* @__PURE__ */ new Map();
/** Undefined for a program that is not guarded. */
function rulesOf(name) {
	const text = programs.get(name);
	if (text === void 0) return void 0;
	const rules = prepared.get(name) ?? rulesIn(text);
	prepared.set(name, rules);
	return rules;
}
function rulesIn({ values, targets = false, goFlags = false, dryRun = false, ...kinds }) {
	const verbs = /* @__PURE__ */ new Map();
	const grouped = /* @__PURE__ */ new Set();
	for (const kind of [
		"read",
		"mutation",
		"reach",
		"secret"
	]) for (const name of list(kinds[kind] ?? "")) {
		const [first = name, second] = name.split("/");
		if (second !== void 0) grouped.add(first);
		verbs.set(second === void 0 ? first : `${first} ${second}`, kind);
	}
	return {
		values: new Set(list(values)),
		verbs,
		grouped,
		targets,
		goFlags,
		dryRun
	};
}
var kubeFlags = `-n --namespace --context --kubeconfig --cluster --user --token --server -s --as --as-group --as-uid --cache-dir
  --certificate-authority --client-certificate --client-key --request-timeout --tls-server-name --password --username --profile -v --v
  --vmodule -f --filename -k --kustomize -l --selector --field-manager --field-selector --grace-period --timeout -o --output --template
  -p --patch --patch-file --type --subresource --image --env --port --labels --annotations --overrides --override-type --replicas
  --current-replicas --resource-version --from-literal --from-file --from-env-file --prune-allowlist --min --max --cpu-percent --name
  --target-port --protocol --external-ip --cluster-ip --limits --requests --containers -c --container --to-revision --revision --sort-by
  -L --label-columns --raw --chunk-size --since --since-time --tail --verb --for --api-group --tail --prefix`;
var terraformVerbs = {
	read: `init plan validate fmt graph providers version get show output state/list state/show workspace/list workspace/show
    workspace/select metadata modules providers/lock providers/mirror providers/schema providers/list`,
	mutation: `apply destroy import taint untaint refresh force-unlock test state/mv state/rm state/push state/replace-provider
    workspace/new workspace/delete workspace/* state/*`,
	secret: "console login state/pull"
};
var vaultRules = {
	read: `status version list path-help server monitor kv/list policy/list policy/read policy/fmt auth/list auth/help
    secrets/list audit/list plugin/list plugin/info namespace/list namespace/lookup operator/members operator/key-status operator/usage
    operator/raft token/capabilities lease/lookup pki/health-check pki/list-intermediates pki/verify-sign kv/metadata`,
	mutation: `write delete patch kv/put kv/patch kv/delete kv/destroy kv/undelete kv/rollback kv/enable-versioning secrets/* auth/* policy/*
    audit/* plugin/* namespace/* operator/* lease/* pki/* transit/* token/revoke token/renew agent proxy debug`,
	secret: "read kv/get kv/* unwrap login print/token print/* token/create token/lookup token/* operator/generate-root",
	reach: "ssh",
	goFlags: true
};
var programs = /* @__PURE__ */ new Map([
	["kubectl", program(kubeFlags, {
		read: `get describe logs top diff explain api-resources api-versions version cluster-info wait events completion kustomize help options
      plugin convert auth/can-i auth/whoami config rollout/status rollout/history apply/view-last-applied krew neat tree ns ctx who-can stern
      whoami project projects status`,
		mutation: `apply create delete edit patch replace scale autoscale annotate label set rollout/* expose cordon uncordon drain taint
      certificate auth/reconcile auth/* adm new-app new-project start-build import-image policy process tag secrets`,
		reach: "exec attach cp debug port-forward proxy run rsh rsync",
		secret: "create/token login extract",
		targets: true,
		dryRun: true
	})],
	["helm", program(`-n --namespace --kube-context --kubeconfig --kube-token --kube-apiserver --kube-as-user --kube-as-group --kube-ca-file --burst-limit
     --qps --registry-config --repository-cache --repository-config --set --set-string --set-file --set-json --set-literal -f --values
     --version --repo --timeout --description --post-renderer --post-renderer-args --history-max --username --password --ca-file
     --cert-file --key-file --keyring -o --output --revision -l --labels`, {
		read: `list ls status history hist search show inspect template lint version env repo dependency dep pull fetch package completion
        plugin help verify create registry push get/notes get/hooks get/metadata diff dashboard`,
		mutation: "install upgrade uninstall delete del un rollback test",
		secret: "get/values get/manifest get/all get/* secrets/decrypt secrets/dec secrets/view secrets/edit",
		targets: true,
		dryRun: true
	})],
	["helmfile", program(`-f --file -e --environment -l --selector -n --namespace --kube-context -b --helm-binary --log-level --state-values-set
     --state-values-file --args -c --chart --set --values --concurrency`, {
		read: "diff template list lint status fetch deps repos build write-values show-dag cache version init help completion",
		mutation: "apply sync destroy delete charts test"
	})],
	["terraform", program("-var -var-file -target -out -state -backend-config -lock-timeout -parallelism -replace", {
		...terraformVerbs,
		goFlags: true
	})],
	["terragrunt", program(`--terragrunt-working-dir --working-dir --terragrunt-config --config --terragrunt-source --source --queue-include-dir
     --queue-exclude-dir --terragrunt-include-dir --terragrunt-exclude-dir --parallelism --terragrunt-parallelism --log-level
     --terragrunt-log-level --iam-assume-role --download-dir --terragrunt-download-dir --tf-path --terragrunt-tfpath --graph-root --filter
     --log-format -var -var-file -target -out`, {
		...terraformVerbs,
		read: `${terraformVerbs.read} hclfmt hclvalidate hcl render-json render graph-dependencies dag validate-inputs list find info
        terragrunt-info scaffold catalog help plan-all validate-all output-module-groups stack/generate stack/clean stack/output`,
		mutation: `${terraformVerbs.mutation} apply-all destroy-all backend aws-provider-patch`,
		secret: `${terraformVerbs.secret} output-all`,
		goFlags: true
	})],
	["vault", program(`-address -namespace -ns -ca-cert -ca-path -client-cert -client-key -tls-server-name -mount -field -format -wrap-ttl -header -mfa
     -version -policy -method -path`, vaultRules)],
	["flux", program("-n --namespace --context --kubeconfig --timeout --cluster --as --as-group --token --server --source --path --kind", {
		read: "get logs events check tree trace stats diff build export version completion list envsubst pull help",
		mutation: "reconcile suspend resume create delete install uninstall bootstrap migrate push tag",
		secret: "debug",
		targets: true
	})],
	["argocd", program("--server --auth-token --config --grpc-web-root-path --kube-context -N --app-namespace --revision --project -o --output -l", {
		read: `version context completion help app/get app/list app/diff app/history app/manifests app/logs app/resources app/wait proj/get
      proj/list cluster/get cluster/list repo/get repo/list repocreds/list account/get account/list account/can-i account/get-user-info
      appset/get appset/list cert/list gpg/list gpg/get logout`,
		mutation: "app/* proj/* cluster/* repo/* repocreds/* account/* appset/* cert/* gpg/* admin",
		secret: "login relogin account/generate-token account/bcrypt",
		targets: true
	})],
	["sops", program("--age -a --pgp -p --kms -k --input-type --output-type --output --extract --config --set", {
		read: "encrypt updatekeys filestatus groups keyservice publish set unset rotate help completion",
		secret: "decrypt exec-env exec-file edit"
	})],
	["psql", program(`-h --host -p --port -U --username -d --dbname -c --command -f --file -v --set --variable -o --output -F -P --pset -R -T -L
    --log-file --field-separator`, {})]
]);
/** Other names of the same programs, or of forks of them. */
var sameAs = /* @__PURE__ */ new Map([
	["oc", "kubectl"],
	["kubecolor", "kubectl"],
	["tofu", "terraform"],
	["opentofu", "terraform"],
	["bao", "vault"],
	["helm3", "helm"]
]);
// src/guard/edits.ts
var editing = /* @__PURE__ */ new Map([["kubectl", set("scale set patch edit annotate label autoscale delete")], ["helm", set("upgrade rollback uninstall")]]);
/** Undefined where the denied command cannot be one edit, or is not known in full. */
function editOf({ kind, program, argv, stdin, verb = "" }) {
	if (kind !== "mutation" || argv === void 0 || argv.some((word) => word.includes(UNKNOWN))) return void 0;
	const [first = ""] = verb.split(" ");
	return (editing.get(program)?.has(first) ?? false) || program === "kubectl" && verb === "rollout restart" || program === "kubectl" && first === "apply" && readsStdin(argv) ? {
		argv,
		stdin
	} : void 0;
}
function readsStdin(argv) {
	const rules = rulesOf("kubectl");
	return rules !== void 0 && readArguments(argv.slice(1), rules).flags.get("f") === "-";
}
// src/guard/globs.ts
var globbed = /[*?[]/;
/** Undefined when the pattern could take long. */
function globPattern(glob) {
	if (glob.length > 100 || (glob.match(/[*[]/g) ?? []).length > 3) return void 0;
	const source = glob.replace(/[.+^${}()|\\\]]/g, "\\$&").replace(/\*+/g, ".*").replace(/\?/g, ".").replace(/\[[^\]\\]*(\\\])?/g, ".");
	return new RegExp(`^${source}$`);
}
// src/guard/refine.ts
/** What a call is once its flags and objects are looked at. */
function refined(program, call) {
	const { kind, operands, flags, dryRun } = call;
	const [first] = operands;
	if (dryRun && first !== "edit" && (kind === "mutation" || first === "run") && isDry(flags)) return "read";
	return special[program]?.(call) ?? kind;
}
function isDry(flags) {
	return flags.has("dry-run") && [
		"",
		"client",
		"server",
		"true"
	].includes(flags.get("dry-run") ?? "?");
}
var kubectl = ({ operands, flags }) => {
	const [first, second] = operands;
	switch (first) {
		case "get":
			if (flags.has("raw")) return /secrets|%/i.test(flags.get("raw") ?? "") ? "secret" : "read";
			return operands.slice(1).some(isSecretKind) && printsValues(flags) ? "secret" : "read";
		case "config": return second === "view" && flags.has("raw") && flags.get("raw") !== "false" ? "secret" : "read";
		case "whoami": return flags.has("t") || flags.has("show-token") ? "secret" : "read";
		case "set": return flags.get("local") === "" ? "read" : void 0;
		default: return;
	}
};
function printsValues(flags) {
	const output = flags.has("o") ? flags.get("o") : flags.get("output");
	const prints = output !== void 0 && ![
		"name",
		"wide",
		""
	].includes(output);
	const loud = Number(flags.get("v") ?? 0) >= 8;
	return prints || loud || flags.has("template");
}
/** Of the words behind `get`: a list of kinds comes first, `kind/name` may come anywhere. */
function isSecretKind(word, index) {
	return (index === 0 || word.includes("/")) && /(?:^|,)secrets?(?:\.v1)?\.?(?:$|[,/])/i.test(word);
}
var terraform = ({ operands, flags }) => {
	if (operands[0] === "output") return flags.has("json") || flags.has("raw") || operands.length > 1 ? "secret" : "read";
	if (operands[0] === "show") return flags.has("json") ? "secret" : "read";
};
var vault = ({ operands: [first, second = "", third = ""] }) => {
	if (first === "kv" && second === "metadata") return third === "" || third === "get" ? "read" : "mutation";
	if (first === "read" && /^\/?sys\/(?:health|seal-status|mounts|auth|polic|leader|ha-status|license)/.test(second)) return "read";
	if (first === "operator" && second === "raft") {
		if (third === "snapshot") return "secret";
		return third === "list-peers" || third === "autopilot" ? "read" : "mutation";
	}
};
var flux = ({ operands: [first], flags }) => (first === "create" || first === "install") && (flags.has("export") || flags.has("dry-run")) ? "read" : void 0;
var argocd = ({ operands: [first, second, third], flags }) => {
	if (first !== "app") return void 0;
	if (second === "actions" && third === "list") return "read";
	return second === "sync" && flags.has("dry-run") ? "read" : void 0;
};
var helm = ({ operands: [first, second], flags }) => {
	if (first === "diff" && flags.has("show-secrets")) return "secret";
	return first === "get" && second === void 0 ? "read" : void 0;
};
var special = {
	kubectl,
	terraform,
	terragrunt: terraform,
	vault,
	flux,
	argocd,
	helm
};
// src/guard/sql-text.ts
/** What a text of SQL has that is none: comments, strings, names in quotes, dollar quotes. */
var begins = /\/\*|--|"|\$(?:[A-Za-z_]\w*)?\$|(?<![\w$])[eE]'|'/g;
/**
* SQL in small letters without comments and without what is in strings; runs of blanks are one. What is opened and not closed
* stays, so that it is judged.
*/
function plainSql(text) {
	let plain = "";
	let at = 0;
	for (;;) {
		begins.lastIndex = at;
		const found = begins.exec(text);
		if (found === null) break;
		const [mark] = found;
		const end = endOf(text, mark, found.index + mark.length);
		if (end === void 0) break;
		plain += text.slice(at, found.index) + insteadOf(mark, text.slice(found.index, end));
		at = end;
	}
	return (plain + text.slice(at)).replace(/\s+/g, (blanks) => blanks.includes("\n") ? "\n" : " ").toLowerCase();
}
function insteadOf(mark, quoted) {
	if (mark === "/*") return " ";
	if (mark === "--") return "";
	return mark === "\"" ? `"${quoted.slice(1, -1).replace(/\W+/g, "_")}"` : "''";
}
/** The index behind what `mark` opened before `from`. */
function endOf(text, mark, from) {
	if (mark === "--") {
		const newline = text.indexOf("\n", from);
		return newline === -1 ? text.length : newline;
	}
	if (mark === "/*") return endOfComment(text, from);
	const quoted = mark.endsWith("'");
	const pattern = mark === "'" ? /(?:[^']|'')*'/y : quoted ? /(?:[^'\\]|\\[\s\S]|'')*'/y : void 0;
	if (pattern === void 0) {
		const close = text.indexOf(mark, from);
		return close === -1 ? void 0 : close + mark.length;
	}
	pattern.lastIndex = from;
	return pattern.test(text) ? pattern.lastIndex : void 0;
}
/** Comments stand in comments. */
function endOfComment(text, from) {
	const marks = /\/\*|\*\//g;
	marks.lastIndex = from;
	for (let open = 1; open > 0;) {
		const found = marks.exec(text);
		if (found === null) return void 0;
		open += found[0] === "/*" ? 1 : -1;
	}
	return marks.lastIndex;
}
// src/guard/sql.ts
var sqlReads = set(`select show explain with values table begin start commit end rollback abort set reset fetch declare close listen
  prepare savepoint release execute deallocate`);
var sqlWrites = /\b(?:insert\s+into|update\s+(?:only\s+)?[\w".]+\s+(?:as\s+\w+\s+)?set|delete\s+from|merge\s+into|truncate|create\s+\w|alter\s+\w|drop\s+\w|grant\s|revoke\s|into\s+(?:temp|unlogged|table)?\s*[\w".]+\s+from|pg_(?:terminate_backend|cancel_backend|reload_conf|read_(?:binary_)?file|promote|switch_wal|drop_\w+|create_\w+)|setval|nextval|dblink\w*|lo_(?:import|export|unlink|create|put))\b/;
var safeMeta = /^\\(?:d\S*|l\+?|z|dt\S*|x|timing|pset|conninfo|echo|q|s[fv]\+?|encoding|\?|h|a|t|c|connect|set|unset|g|gx|gdesc|crosstabview|errverbose|copyright)(?:\s|$)/;
/** What is wrong with a text for psql; undefined when it only reads. */
function judgeSql(text) {
	const plain = plainSql(text);
	if (/\bpg_(?:authid|shadow|user_mapping)\b/.test(plain)) return "secret";
	for (const statement of plain.split(/;|\n(?=\s*\\)|(?<=^\s*\\[^\n]*)\n/)) {
		const kind = judgeStatement(statement.trim());
		if (kind !== void 0) return kind;
	}
}
function judgeStatement(statement) {
	if (statement === "") return void 0;
	if (statement.startsWith("\\")) return isSafeMeta(statement) ? void 0 : "mutation";
	const first = /^\(*\s*([a-z]+)/.exec(statement)?.[1];
	if (first === void 0) return statement.startsWith(UNKNOWN) ? "unknown" : "mutation";
	if (first === "copy" && /\bto\s+stdout\b/.test(statement)) return void 0;
	return !sqlReads.has(first) || sqlWrites.test(statement) || /\\(?:gexec|gset|g\s*\||!|i|o|w)(?:\s|$)/.test(statement) ? "mutation" : void 0;
}
/** A command of psql itself that shows something, or copies a table out. */
function isSafeMeta(statement) {
	return /^\\copy\b/.test(statement) && /\bto\b/.test(statement) && !/\b(?:program|from\s+(?:stdin|pstdin|''))/.test(statement) || safeMeta.test(statement) && !/^\\g\w*\s*\|/.test(statement);
}
function judgePsql({ flags }, stdin) {
	const file = flags.get("f") ?? flags.get("file");
	if (file !== void 0 && file !== "-" && file !== "/dev/stdin") return { kind: "unknown" };
	const inline = flags.get("c") ?? flags.get("command");
	if (inline === void 0) {
		if ([
			"l",
			"list",
			"help",
			"version",
			"V"
		].some((flag) => flags.has(flag)) || stdin === void 0) return void 0;
		if (stdin.trimStart().startsWith(UNKNOWN)) return { kind: "unknown" };
	}
	const kind = judgeSql(inline ?? stdin ?? "");
	return kind === void 0 ? void 0 : { kind };
}
// src/guard/judge.ts
/** So often may a guarded program run another, or a plugin of its own. */
var mostInner = 4;
/** What is wrong with a call of a guarded program, if anything. */
function judge(name, given, stdin, inner = 0) {
	const program = sameAs.get(name) ?? name;
	const rules = rulesOf(program);
	if (rules === void 0) return void 0;
	if (inner > mostInner) return { kind: "unknown" };
	const read = readArguments(program === "terragrunt" ? plainTerragrunt(given) : given, rules);
	const { flags, operands } = read;
	if (program === "psql") return judgePsql(read, stdin);
	if (program === "sops" && (flags.has("d") || flags.has("decrypt"))) return {
		kind: "secret",
		verb: "--decrypt"
	};
	const [first, second] = operands;
	if (first === void 0 || asksHelp(read, given)) return void 0;
	if (program === "sops" && !rules.verbs.has(first)) return sopsOfFile(flags);
	if (program === "terragrunt" && (first === "exec" || first === "run" && second === void 0)) return judgeExec(given, inner);
	if (program === "helm" && first === "secrets" && !rules.verbs.has(`secrets ${second}`)) return judge("helm", operands.slice(1).concat(given.filter((word) => word.startsWith("--"))), void 0, inner + 1);
	const grouped = rules.grouped.has(first);
	if (grouped && second?.includes(UNKNOWN) && !rules.verbs.has(first)) return {
		kind: "unknown",
		verb: first
	};
	const found = verbOf(rules.verbs, first, second);
	if (found === void 0) return grouped && second === void 0 ? void 0 : { kind: "unknown" };
	const kind = refined(program, {
		kind: found.kind,
		operands,
		flags,
		dryRun: rules.dryRun
	});
	if (kind === "read") return void 0;
	const { verb } = found;
	return {
		kind,
		verb,
		targets: rules.targets ? adjacent(read, verb.split(" ").length) : []
	};
}
/** A verb of two words before one of one. */
function verbOf(verbs, first, second) {
	const both = `${first} ${second}`;
	const exact = verbs.get(both);
	if (exact !== void 0) return {
		kind: exact,
		verb: both
	};
	const wild = verbs.get(`${first} *`);
	const kind = (second === void 0 ? void 0 : wild) ?? verbs.get(first);
	return kind === void 0 ? void 0 : {
		kind,
		verb: wild === void 0 ? first : both
	};
}
/** Words directly behind the verb: what a flag unknown to the guard swallows is never quoted. */
function adjacent({ operands, places }, from) {
	const found = [];
	for (let index = from; index < from + 2; index += 1) {
		const word = operands[index];
		if (word === void 0 || places[index] !== (places[index - 1] ?? 0) + 1) break;
		found.push(word);
	}
	return found;
}
function asksHelp({ flags }, given) {
	if (!flags.has("help") && !flags.has("h")) return given[0] === "help";
	const at = given.findIndex((word) => /^(?:-h|--?help)$/.test(word));
	return at === 0 || at > 0 && !given[at - 1]?.startsWith("-") && !given.slice(0, at).includes("--");
}
/** `run --all -- apply` and `run-all apply` are `apply` in many places. */
function plainTerragrunt(given) {
	const at = given.findIndex((word) => !word.startsWith("-"));
	const first = given[at];
	if (first === void 0) return given;
	const ofStack = first === "stack" && given[at + 1] === "run";
	if (!ofStack && ![
		"run",
		"run-all",
		"graph",
		"all"
	].includes(first)) return given;
	return [...given.slice(0, at), ...given.slice(at + (ofStack ? 2 : 1))].filter((word) => word !== "--");
}
/** `terragrunt exec` runs another program. */
function judgeExec(given, inner) {
	const [word = "", ...rest] = given.slice(given.indexOf("--") + 1 || given.indexOf("exec") + 1);
	return judge(word.slice(word.lastIndexOf("/") + 1), rest, void 0, inner + 1);
}
/** `sops file` opens the file in an editor, in clear. */
function sopsOfFile(flags) {
	return [
		"e",
		"encrypt",
		"r",
		"rotate",
		"s",
		"version",
		"v"
	].some((flag) => flags.has(flag)) ? void 0 : {
		kind: "secret",
		verb: "edit"
	};
}
// src/guard/guarded.ts
/** Aliases people have in their shell; what they mean is not certain. */
var shorthand = /* @__PURE__ */ new Map([
	["k", "kubectl"],
	["kc", "kubectl"],
	["tf", "terraform"],
	["tg", "terragrunt"]
]);
var carriers = set("k3s k0s rke2 microk8s minikube");
var carrierValues = set("-p --profile");
var guardedNames = [...programs.keys(), ...sameAs.keys()];
var anyGuarded = new RegExp(`(?<![\\w-])(?:${guardedNames.join("|")})(?![\\w-])`);
function isGuarded(name) {
	return name !== void 0 && guardedNames.includes(name);
}
/** The plain name of a program; undefined where it cannot be known. */
function programName(word) {
	const name = word.slice(word.lastIndexOf("/") + 1).replace(/^=/, "").replace(/\.exe$/i, "");
	if (name.includes(UNKNOWN)) return void 0;
	if (!globbed.test(name)) return name;
	const pattern = globPattern(name);
	return /\w{2}/.test(name) ? guardedNames.find((one) => pattern?.test(one)) : void 0;
}
/** The calls of guarded programs that a command is: the program and its arguments. */
function guardedCalls(name, given) {
	if (isGuarded(name)) return [[name, given]];
	if (name.startsWith("kubectl-")) return [["kubectl", [name.slice(8).replaceAll("_", "-"), ...given]]];
	const carried = /^microk8s\.(kubectl|helm3?)$/.exec(name)?.[1];
	if (carried !== void 0) return [[carried, given]];
	if (carriers.has(name)) {
		const from = afterFlags(given, carrierValues);
		const program = given[from];
		const rest = given.slice(from + 1);
		if (program !== void 0 && isGuarded(program)) return [[program, rest[0] === "--" ? rest.slice(1) : rest]];
	}
	const short = shorthand.get(name);
	return short !== void 0 && judge(short, given)?.kind !== "unknown" ? [[short, given]] : [];
}
// src/guard/limits.ts
/**
* What one command may cost. The client lets a command run whose hook is too slow, so what is over a limit is not read: it
* is stopped if it names a guarded program.
*/
var limits = {
	/** Characters of the command. One word that Linux gives a program is 131,072 bytes at most. */
	command: 25e4,
	/** Bytes of the hook's whole input. */
	input: 8e6,
	/** Brackets in brackets, of any kind. */
	nesting: 60,
	/** Scripts that run scripts. */
	scripts: 24,
	commands: 2e4,
	words: 5e4,
	/** Steps: a look at the text, or a character of what is put together from it. All of them take about a quarter of a second. */
	work: 2e6
};
/** Counts the steps of one command; all that reads it or runs it in thought draws on the same. */
var Meter = class {
	steps = 0;
	/** @throws RangeError when the work is too much. */
	spend(steps) {
		this.steps += steps;
		if (this.steps > limits.work) throw new RangeError("too much work");
	}
};
// src/guard/quick-look.ts
/** What puts words together of what stands apart, or writes one letter as another. */
var puts = /[\\$`{*?[]|[@!+]\(|(?![\n\t])\p{Cc}/u;
/**
* False where the whole guard surely finds nothing: the text has no name of a guarded program, of a secret or of a program that
* puts words together, not even with quotes in it, and nothing else that could make one.
*/
function mayConcern(command) {
	return puts.test(command) || names.test(command);
}
/** Programs that put words together, or show the environment. */
var putting = [
	"printf",
	"xargs",
	"env"
];
/** Of files that hold credentials, of variables that are some, and what people look for in an environment. */
var secret = [
	"vault",
	"kube",
	"tfstate",
	"k3s.yaml",
	"environ",
	"token",
	"secret",
	"passw",
	"pgpass",
	"credential"
];
function withQuotes(name) {
	return [...name].map((letter) => letter.replace(/[.-]/g, "\\$&")).join("[\"']*");
}
/** Names of three letters and less stand in many words, so they count as words only. */
var long = [
	...guardedNames,
	...putting,
	...secret
].filter((name) => name.length > 3);
var short = [
	...guardedNames,
	...putting,
	...shorthand.keys()
].filter((name) => name.length <= 3);
var names = new RegExp(`${long.map(withQuotes).join("|")}|(?<![\\w-])(?:${short.map(withQuotes).join("|")})(?![\\w-])`, "i");
// src/guard/reasons.ts
var routes = {
	change: "Edit the source instead: field_owner tells the file and line a live field stands at and the diff of a new value, terragrunt_plan what a diff would do, change_propose proposes it. A human signs the plan before anything is applied.",
	terraform: "terragrunt_plan shows what an edit would do, change_propose proposes it; it is applied after a human signed that plan. State is repaired by a human.",
	database: "Schema and data are changed by a migration in the source (change_propose), or by a human. SELECT, SHOW, EXPLAIN and \\d pass, written out with -c.",
	reach: "Look from outside: kubectl_logs, kubectl_describe, kubectl_events, cluster_health. What needs a shell or a port in the cluster is for a human.",
	secret: "No value of a secret is shown: vault_describe and vault_search tell name and age, vault_compare whether two are one, secret_request asks a human. kubectl_describe and field_owner tell the rest.",
	vault: "vault_describe tells what is there; secret_request asks a human to write, rotate or issue it. Policies and mounts are source: change_propose.",
	unknown: "Write the command out, without variables or substitutions in the place of its verb; what only reads then passes."
};
var because = {
	mutation: "changes the homelab past the human gate",
	reach: "reaches into the cluster",
	secret: "shows secrets",
	unknown: "may be a change: what it does cannot be known from the text"
};
function routeOf({ kind, program }) {
	const known = sameAs.get(program) ?? program;
	if (kind === "secret") return routes.secret;
	if (kind === "reach") return routes.reach;
	if (known === "psql") return routes.database;
	if (kind === "unknown") return routes.unknown;
	if (known === "vault") return routes.vault;
	return known === "terraform" || known === "terragrunt" ? routes.terraform : routes.change;
}
/** Only words that cannot be a secret's value, or words with another meaning to who reads them. */
function plainWords(words) {
	return words.filter((word) => word !== void 0 && /^[A-Za-z0-9._/: -]{1,60}$/.test(word)).join(" ");
}
/** One line: what is denied, why, and the legal way. */
function reasonFor([first, ...others], commands) {
	return `Castellan denies \`${plainWords([
		first.program,
		first.verb,
		...first.targets ?? []
	])}\`${commands > 1 ? ` (command ${first.place} of ${commands})` : ""}: it ${first.what === void 0 ? because[first.kind] : `reads ${first.what}`}.${others.length > 0 ? ` ${others.length} more of the line would be denied too.` : ""} ${routeOf(first)} Nothing of the line was run.`;
}
// src/guard/escapes.ts
var means = {
	n: "\n",
	t: "	",
	r: "\r",
	a: "",
	b: "",
	e: "",
	E: "",
	f: "",
	v: ""
};
/** What `$'…'`, `echo -e` and `printf` make of escapes. */
function unescaped(text) {
	return text.replace(/\\(?:x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{1,4})|U([0-9a-fA-F]{1,8})|0?([0-7]{1,3})|([\s\S]))/g, (_, hex, short, long, octal, other = "") => {
		const digits = hex ?? short ?? long;
		if (digits !== void 0) return String.fromCodePoint(Math.min(Number.parseInt(digits, 16), 1114111));
		if (octal !== void 0) return String.fromCodePoint(Number.parseInt(octal, 8));
		return means[other] ?? other;
	});
}
/** As one word of a script. */
function quote(word) {
	return `'${word.replaceAll("'", `'\\''`)}'`;
}
// src/guard/secrets.ts
var secretVariable = /^(?:(?:VAULT|BAO)_(?:TOKEN|SECRET_ID)|PGPASSWORD|SOPS_AGE_KEY|ARGOCD_AUTH_TOKEN|KUBE_TOKEN|TF_TOKEN_\w+|TF_VAR_\w*(?:password|token|secret)\w*)$/i;
var credentialOfEnvironment = "a credential of the environment";
var credentialFile = "a file that holds credentials";
var secretFile = /(?:^|[/=@:])\.vault-token$|\.kube\/(?:config[^/]*|\*)$|\.tfstate(?:\.\w+)*$|\/k3s\.yaml$|\/etc\/kubernetes\/[\w-]+\.conf$|^\/proc\/[^/]+\/environ$/;
var secretFileNames = [
	".vault-token",
	"terraform.tfstate",
	".kube/config"
];
/** Programs that show what they read. */
var readers = set(`cat tac nl less more most head tail bat batcat grep egrep fgrep rg ag ack awk gawk mawk sed cut sort uniq jq yq
  base64 base32 xxd od hexdump strings dd cp mv scp rsync diff vi vim nvim nano emacs tee paste fold rev tar zip curl wget column`);
/** The first operand of these is a pattern or a program, not a file. */
var patternFirst = set("grep egrep fgrep rg ag ack awk gawk mawk sed jq yq");
var printers = set("echo printf print");
function isSecretFile(word) {
	const path = word.slice(-1e3).replace(/^(?:@|if=|file:\/\/)/, "");
	if (secretFile.test(path)) return true;
	const last = path.slice(path.lastIndexOf("/") + 1);
	if (!globbed.test(last) || !/^[^*?[]{3}/.test(last)) return false;
	const pattern = globPattern(last);
	return secretFileNames.some((name) => {
		const folder = name.slice(0, name.lastIndexOf("/") + 1);
		return path.slice(0, -last.length).endsWith(folder) && (pattern?.test(name.slice(folder.length)) ?? false);
	});
}
/** What a command shows of secrets, whatever program it is. */
function secretsShown(name, given, stdin = "") {
	const reads = readers.has(name);
	const shown = printers.has(name) ? given.join(" ") : reads ? stdin : "";
	const found = [];
	if (shown.includes(SECRET)) found.push(credentialOfEnvironment);
	if (!reads) return found;
	const picks = /token|secret|passw|vault|pgpass|credential/i;
	if (stdin.includes(ENVIRONMENT) && given.some((word) => picks.test(word))) found.push(credentialOfEnvironment);
	const operands = given.filter((word) => !/^-./.test(word) || /^-[\w-]*=?@/.test(word));
	const byFlag = given.some((word) => /^(?:-[ef]|--regexp|--file|--expression)/.test(word));
	if (operands.slice(patternFirst.has(name) && !byFlag ? 1 : 0).some(isSecretFile)) found.push(credentialFile);
	return found;
}
// src/guard/builtins.ts
/** No more is put together of one printf. */
var mostPrinted = 1e5;
function echoed(given) {
	const from = afterFlags(given.map((word) => /^-[neE]+$/.test(word) ? word : "x"));
	const text = given.slice(from).join(" ");
	return `${given.slice(0, from).join("").includes("e") ? unescaped(text) : text}\n`;
}
function formatted([format = "", ...given]) {
	if (format === "--" || format === "-v") return formatted(given.slice(format === "-v" ? 1 : 0));
	const pieces = unescaped(format).split(/%[-+ #0-9.]*([sbdqiuxc%])/);
	const slots = pieces.filter((piece, index) => index % 2 === 1 && piece !== "%").length;
	let output = "";
	let used = 0;
	do
		for (const [index, piece] of pieces.entries()) if (index % 2 === 0 || piece === "%") output += piece;
		else {
			const word = given[used] ?? "";
			used += 1;
			output += piece === "b" ? unescaped(word) : word;
		}
	while (used < given.length && slots > 0 && output.length < mostPrinted);
	return output;
}
var echo = (_shell, given) => echoed(given);
var nameOf = (_shell, given) => `${given.at(-1) ?? ""}\n`;
var declare = (_shell, given) => given.every((word) => /^-[px]+$/.test(word)) ? ENVIRONMENT : "";
var source = (shell, given, stdin) => shell.script(given[0] === "/dev/stdin" ? stdin ?? "" : shell.file(given[0]) ?? "", stdin, given.slice(1));
var printf = (shell, given) => {
	const output = formatted(given);
	if (given[0] !== "-v") return output;
	shell.assign(given[1] ?? "", output);
	return "";
};
var cat = (shell, given, stdin) => {
	const files = given.filter((word) => !/^-./.test(word));
	if (files.length === 0) return stdin ?? "";
	return files.map((file) => shell.spend(file === "-" ? stdin ?? "" : shell.file(file) ?? UNKNOWN)).join("");
};
var tee = (shell, given, stdin) => {
	for (const file of given) if (!file.startsWith("-")) shell.write(file, stdin ?? "", false);
	return stdin ?? "";
};
var alias = (shell, given) => {
	for (const word of given) {
		const [name = "", ...value] = word.split("=");
		if (value.length > 0) shell.aliases.set(name, value.join("="));
	}
	return "";
};
var read = (shell, given, stdin) => {
	const names = given.slice(afterFlags(given, set("-p -t -n -N -d -u -i")));
	for (const line of (stdin ?? UNKNOWN).split("\n").filter(Boolean).slice(0, 12)) {
		const fields = line.split(/\s+/);
		for (const [index, name] of names.entries()) {
			const value = index === names.length - 1 ? fields.slice(index).join(" ") : fields[index];
			shell.mayBe(name, value ?? "");
		}
	}
	return "";
};
var setOptions = (shell, given) => {
	const at = given.indexOf("--");
	if (at !== -1) shell.arguments = given.slice(at + 1);
	return given.length === 0 ? ENVIRONMENT : "";
};
var shift = (shell) => {
	shell.meter.spend(shell.arguments?.length ?? 0);
	shell.arguments = shell.arguments?.slice(1);
	return "";
};
var printenv = (shell, given) => {
	if (given.some((name) => secretVariable.test(name))) shell.find({
		program: "printenv",
		kind: "secret",
		what: credentialOfEnvironment
	});
	return given.length === 0 ? ENVIRONMENT : UNKNOWN;
};
var command = (shell, given, stdin) => /^-\w*[vV]/.test(given[0] ?? "") ? `${given[1] ?? ""}\n` : shell.run(given.slice(afterFlags(given)), stdin);
var shellNames = list("sh bash zsh dash ksh ash fish");
var valuesOfShell = set("--rcfile --init-file -o +o -O +O");
/** A shell: of `-c`, of a file that the text wrote, or of what it is piped. */
var inner = (shell, given, stdin) => {
	let index = 0;
	let script = false;
	let reads = false;
	for (; index < given.length && /^[-+]./.test(given[index] ?? ""); index += 1) {
		const flag = given[index] ?? "";
		if (flag === "--") {
			index += 1;
			break;
		}
		if (valuesOfShell.has(flag)) index += 1;
		else if (!flag.startsWith("--")) {
			script ||= flag.includes("c");
			reads ||= flag.includes("s");
			if (/o$/i.test(flag)) index += 1;
		}
	}
	const [first, ...rest] = given.slice(index);
	if (script) return shell.script(first ?? "", stdin, rest.slice(1), rest[0]);
	if (first !== void 0 && !reads && first !== "-" && first !== "/dev/stdin") return shell.script(shell.file(first) ?? "", stdin, rest);
	return shell.script(stdin ?? "", void 0, given.slice(index));
};
/** What a shell does itself, and shells. */
var builtins = new Map([
	["echo", echo],
	["print", echo],
	["printf", printf],
	["cat", cat],
	["tee", tee],
	["eval", (shell, given, stdin) => shell.script(given.join(" "), stdin)],
	["source", source],
	[".", source],
	["trap", (shell, given) => shell.script(given.find((word) => !word.startsWith("-")) ?? "", void 0)],
	["alias", alias],
	["read", read],
	["set", setOptions],
	["shift", shift],
	["export", (_shell, given) => given.every((word) => word === "-p") ? ENVIRONMENT : ""],
	["declare", declare],
	["local", declare],
	["typeset", declare],
	["readonly", declare],
	["printenv", printenv],
	["command", command],
	["which", nameOf],
	["type", nameOf],
	...shellNames.map((name) => [name, inner])
]);
function isShell(name) {
	return name !== void 0 && shellNames.includes(name);
}
// src/guard/syntax.ts
function plain(text) {
	return {
		kind: "text",
		text,
		quoted: false
	};
}
function literal(text) {
	return {
		kind: "text",
		text,
		quoted: true
	};
}
// src/guard/braces.ts
/** At most so many words come of one; a word that would give more stays as it is. */
var most = 64;
/** `{a,b}c` as its words; a range stays one word, since its items are never a program. */
function braces(word, meter) {
	if (!word.some((piece) => piece.kind === "text" && !piece.quoted && piece.text.includes("{"))) return [word];
	return spread(word.flatMap((piece) => piece.kind === "text" && !piece.quoted ? piece.text.split(/([{},])/).filter((part) => part !== "").map(plain) : [piece]), 0, meter);
}
function isMark(atom, mark) {
	return atom?.kind === "text" && atom.text === mark && !atom.quoted;
}
function spread(from, depth, meter) {
	for (let open = 0; open < from.length; open += 1) {
		meter.spend(1);
		if (!isMark(from[open], "{")) continue;
		const group = partsBehind(from, open, meter);
		if (group === void 0) return [from];
		const { parts, close } = group;
		if (parts.length === 1) continue;
		if (depth > 8 || parts.length > most) return [from];
		const tails = spread(from.slice(close + 1), depth + 1, meter);
		const heads = parts.flatMap((part) => spread(part, depth + 1, meter)).slice(0, most);
		const before = from.slice(0, open);
		const words = [];
		for (const head of heads) for (const tail of tails) {
			if (words.length === most) return words;
			meter.spend(before.length + head.length + tail.length);
			words.push([
				...before,
				...head,
				...tail
			]);
		}
		return words;
	}
	return [from];
}
/** Between the brace at `open` and the one that closes it, by commas; undefined where none does. */
function partsBehind(from, open, meter) {
	const parts = [];
	let part = [];
	let level = 0;
	for (let at = open + 1; at < from.length; at += 1) {
		meter.spend(1);
		const atom = from[at];
		if (atom === void 0) break;
		if (level === 0 && isMark(atom, "}")) return {
			parts: [...parts, part],
			close: at
		};
		if (level === 0 && isMark(atom, ",")) {
			parts.push(part);
			part = [];
		} else part.push(atom);
		if (isMark(atom, "{")) level += 1;
		if (isMark(atom, "}")) level -= 1;
	}
}
// src/guard/state.ts
/** What a script has set, written and defined so far, and what was found. */
var State = class {
	findings = [];
	commands = 0;
	aliases = /* @__PURE__ */ new Map();
	/** Undefined where nobody knows who calls. */
	arguments = [];
	meter;
	variables = /* @__PURE__ */ new Map();
	functions = /* @__PURE__ */ new Map();
	files = /* @__PURE__ */ new Map();
	/** Commands that read what is written to a path, of `>(…)`. */
	sinks = /* @__PURE__ */ new Map();
	fed = /* @__PURE__ */ new Set();
	zero = UNKNOWN;
	/** Above 0 inside of what may run or not. */
	branches = 0;
	/** Which of the values that its variables may have a command is read with. */
	variant = 0;
	most = 1;
	/** Above 0: what is read may not be what runs, so only what is certain is a finding. */
	doubt = 0;
	constructor(meter) {
		this.meter = meter;
	}
	find(finding) {
		if (this.doubt === 0 || finding.kind !== "unknown") this.findings.push({
			place: this.commands,
			...finding
		});
	}
	spend(text) {
		this.meter.spend(text.length + 1);
		return text;
	}
	/** Puts a text in all places of a mark, if that does not make too much. */
	fill(text, mark, by) {
		this.meter.spend(text.length + (text.split(mark).length - 1) * by.length + 1);
		return text.replaceAll(mark, () => by);
	}
	assign(name, value, adds = false, beside = false) {
		const known = this.variables.get(name) ?? [];
		const last = known.at(-1);
		const whole = !adds || last === void 0 ? value : added(last, value);
		this.spend(typeof whole === "string" ? whole : whole.join(" "));
		const keeps = this.branches > 0 || this.variant > 0 || beside && known.length > 0;
		this.variables.set(name, keeps ? [...known, whole].slice(-12) : [whole]);
	}
	/** One more value that it may have. */
	mayBe(name, value) {
		this.variables.set(name, [...this.variables.get(name) ?? [], value].slice(-12));
	}
	lookUp(name, index) {
		if (name === "@" || name === "*") return this.arguments;
		if (name === "0") return this.zero;
		if (/^\d+$/.test(name)) return this.arguments === void 0 ? void 0 : this.arguments[Number(name) - 1] ?? "";
		const values = this.variables.get(name);
		if (values === void 0) return name === "IFS" ? " " : void 0;
		this.most = Math.max(this.most, values.length);
		const value = values[Math.min(this.variant, values.length - 1)];
		if (typeof value === "string" || value === void 0) return value;
		return index === "@" || index === "*" ? value : value[Number(index ?? 0)] ?? "";
	}
	write(path, text, adds) {
		const sink = this.sinks.get(path);
		const name = fileName(path);
		if (sink === void 0) this.files.set(name, this.spend(adds ? (this.files.get(name) ?? "") + text : text));
		else {
			this.fed.add(sink);
			this.list(sink, text);
		}
	}
	/** What the text itself wrote into a file. */
	file(path) {
		return this.files.get(fileName(path ?? ""));
	}
};
function fileName(path) {
	return path.replace(/^\.\//, "");
}
function added(last, value) {
	if (typeof last !== "string") return [...last, ...[value].flat()];
	return `${last}${value}`;
}
// src/guard/expander.ts
/** What words mean once variables, substitutions and braces are put in. */
var Expander = class extends State {
	fields(word) {
		return braces(word, this.meter).flatMap((pieces) => this.split(pieces));
	}
	split(pieces) {
		const found = [];
		let word = "";
		let begun = false;
		for (const piece of pieces) {
			const quoted = "quoted" in piece ? piece.quoted : piece.kind === "sum";
			const parts = partsOf(piece, quoted, this.value(piece));
			for (const [index, part] of parts.entries()) {
				if (index > 0) {
					if (begun || word !== "" || quoted) found.push(word);
					word = "";
					begun = false;
				}
				word += part;
				begun ||= quoted;
			}
		}
		if (begun || word !== "") found.push(this.spend(word));
		return found;
	}
	text(pieces) {
		return this.spend(pieces.map((piece) => joined(this.value(piece))).join(""));
	}
	value(piece) {
		switch (piece.kind) {
			case "text": return piece.text;
			case "command": return this.list(piece.body, void 0).replace(/\n+$/, "");
			case "process": {
				const path = `/dev/fd/${63 + this.files.size + this.sinks.size}`;
				if (piece.into) this.sinks.set(path, piece.body);
				else this.files.set(path, this.list(piece.body, void 0));
				return path;
			}
			case "sum":
				this.text(piece.pieces);
				return UNKNOWN;
			case "parameter": return this.parameter(piece);
		}
	}
	parameter({ name, index, operator, argument, length, indirect }) {
		const found = this.lookUp(name, index);
		if (length) return UNKNOWN;
		if (indirect) return typeof found === "string" ? this.lookUp(found) ?? UNKNOWN : UNKNOWN;
		if (/^:?[-=]$/.test(operator) && !secretVariable.test(name) && (found === void 0 || found === "")) {
			const value = this.text(argument);
			if (operator.endsWith("=")) this.assign(name, value);
			return value;
		}
		if (/^:?\+$/.test(operator)) return found === "" ? "" : this.text(argument);
		if (found === void 0) return unset(name);
		if (operator === "" || /^:?[-=?]$/.test(operator)) return found;
		return typeof found === "string" ? this.altered(found, operator, this.text(argument)) : UNKNOWN;
	}
	/** `${name#pattern}` and its like where the pattern is plain; UNKNOWN otherwise. */
	altered(value, operator, argument) {
		this.spend(value);
		if (value.includes(SECRET)) return UNKNOWN + SECRET;
		if (operator[0] === ",") return value.toLowerCase();
		if (operator === "^") return value.slice(0, 1).toUpperCase() + value.slice(1);
		if (operator[0] === "^") return value.toUpperCase();
		if (globbed.test(argument) || argument.includes(UNKNOWN) || value.includes(UNKNOWN)) return UNKNOWN;
		if (operator[0] === "#") return value.startsWith(argument) ? value.slice(argument.length) : value;
		if (operator[0] === "%") return argument !== "" && value.endsWith(argument) ? value.slice(0, -argument.length) : value;
		if (operator === ":" && /^\s*\d+(?::\d+)?$/.test(argument)) {
			const [from, length] = argument.split(":").map(Number);
			return value.slice(from, length === void 0 ? void 0 : (from ?? 0) + length);
		}
		if (operator === "/" || operator === "//") {
			const [pattern = "", ...rest] = argument.split("/");
			if (pattern === "") return value;
			return operator === "//" ? this.fill(value, pattern, rest.join("/")) : value.replace(pattern, () => rest.join("/"));
		}
		return UNKNOWN;
	}
};
function joined(value) {
	return typeof value === "string" ? value : value.join(" ");
}
/** What of a piece goes into words of its own. */
function partsOf(piece, quoted, value) {
	if (piece.kind === "text") return [piece.text];
	if (quoted) return typeof value === "string" ? [value] : value;
	return joined(value).split(/[ \t\n]+/);
}
function unset(name) {
	if (name === "KUBECONFIG") return `${UNKNOWN}/.kube/config`;
	return secretVariable.test(name) ? UNKNOWN + SECRET : UNKNOWN;
}
// src/guard/cursor.ts
var ends = String.raw`(?=[\s;&|()<>]|$)`;
/** A word of the grammar where it stands alone. */
function reserved(names) {
	return new RegExp(`(?:${names})${ends}`, "y");
}
/** What closes something. Sticky, as every pattern a cursor is given. */
var closing = {
	branch: reserved("then|elif|else|fi"),
	loop: reserved("do"),
	done: reserved("done"),
	brace: reserved("\\}"),
	case: /;;&?|;&|esac(?=[\s;&|()<>]|$)/y,
	paren: /\)/y,
	any: /(?:\)|(?:then|elif|else|fi|do|done|esac|\})(?=[\s;&|()<>]|$))/y
};
/** A place in a text, and how deep in its brackets. */
var Cursor = class {
	text;
	meter;
	at = 0;
	depth;
	constructor(text, meter, depth) {
		this.text = text;
		this.meter = meter;
		this.depth = depth;
	}
	take(pattern) {
		this.meter.spend(1);
		pattern.lastIndex = this.at;
		const found = pattern.exec(this.text);
		if (found !== null) this.at += found[0].length;
		return found;
	}
	takes(pattern) {
		return this.take(pattern) !== null;
	}
	sees(pattern) {
		this.meter.spend(1);
		pattern.lastIndex = this.at;
		return pattern.test(this.text);
	}
	need(pattern) {
		if (!this.takes(pattern)) throw new SyntaxError("a bracket or a word that closes is missing");
	}
	get next() {
		return this.text[this.at];
	}
	get ended() {
		return this.at >= this.text.length;
	}
	nested(read) {
		this.depth += 1;
		if (this.depth > limits.nesting) throw new SyntaxError("nested too deep");
		const parsed = read();
		this.depth -= 1;
		return parsed;
	}
};
// src/guard/expansions.ts
/** Reads what begins with `$` or a backtick. */
var Expansions = class extends Cursor {
	retries = 0;
	until(stop) {
		const body = this.list(stop);
		this.need(stop);
		return body;
	}
	dollar(quoted) {
		const ansi = quoted ? null : this.take(/\$'((?:[^'\\]|\\[\s\S])*)'/y);
		if (ansi !== null) return [literal(unescaped(ansi[1] ?? ""))];
		if (!quoted && this.takes(/\$"/y)) return [literal(""), ...this.quoted("\"")];
		if (this.takes(/\$\(\(/y)) {
			const pieces = this.arithmetic(this.at - 3);
			if (pieces !== void 0) return [{
				kind: "sum",
				pieces
			}];
		}
		if (this.takes(/\$\(/y)) return [{
			kind: "command",
			body: this.until(closing.paren),
			quoted
		}];
		if (this.takes(/\$\{/y)) return [this.parameter(quoted)];
		const name = this.take(/\$([A-Za-z_]\w*|[0-9@*#?$!-])/y)?.[1];
		if (name !== void 0) return [parameter(name, quoted)];
		this.at += 1;
		return [literal("$")];
	}
	parameter(quoted) {
		const found = this.take(/(!?)(#?)([A-Za-z_]\w*|\d+|[@*#?$!-])(?:\[([^\]]{0,200})\])?/y);
		const operator = this.take(/:?[-=+?]|##?|%%?|\/[/#%]?|\^\^?|,,?|:|@/y)?.[0] ?? "";
		const argument = this.nested(() => this.argument(quoted));
		if (found === null) return parameter("?", quoted);
		const [, indirect, length, name = "?", index] = found;
		return {
			...parameter(name, quoted),
			index,
			operator,
			argument,
			length: length === "#",
			indirect: indirect === "!"
		};
	}
	argument(quoted) {
		const pieces = [];
		for (;;) {
			const run = this.take(quoted ? /[^}\\"$`]+/y : /[^}\\'"$`]+/y);
			if (run !== null) pieces.push(literal(run[0]));
			const { next } = this;
			if (next === void 0) throw new SyntaxError("${ is not closed");
			if (next === "'") pieces.push(this.singleQuoted());
			else if (next === "$") pieces.push(...this.dollar(true));
			else if (next === "`") pieces.push(this.backtick(true));
			else {
				this.at += 1;
				if (next === "}") return pieces;
				if (next === "\"") pieces.push(...this.quoted("\""));
				else {
					pieces.push(literal(this.next ?? ""));
					this.at += 1;
				}
			}
		}
	}
	singleQuoted() {
		const close = this.text.indexOf("'", this.at + 1);
		if (close === -1) throw new SyntaxError("' is not closed");
		const piece = literal(this.text.slice(this.at + 1, close));
		this.at = close + 1;
		return piece;
	}
	backtick(quoted) {
		let inner = "";
		for (this.at += 1;; this.at += 1) {
			this.meter.spend(1);
			const { next } = this;
			if (next === void 0) throw new SyntaxError("` is not closed");
			if (next === "`") break;
			if (next === "\\" && "`$\\".includes(this.text[this.at + 1] ?? " ")) this.at += 1;
			inner += this.next;
		}
		this.at += 1;
		return {
			kind: "command",
			body: this.scriptOf(inner),
			quoted
		};
	}
	/** Behind `((`: the substitutions inside; undefined, and back at `back`, when it is no arithmetic but two brackets. */
	arithmetic(back) {
		const pieces = [];
		const open = this.depth;
		let brackets = 0;
		try {
			this.depth += 1;
			if (this.depth > limits.nesting) throw new SyntaxError("nested too deep");
			for (;;) {
				this.take(/[^()$`]+/y);
				const { next } = this;
				if (next === void 0) break;
				if (next === "$") pieces.push(...this.dollar(true));
				else if (next === "`") pieces.push(this.backtick(true));
				else {
					this.at += 1;
					if (next === "(") brackets += 1;
					else if (brackets > 0) brackets -= 1;
					else if (this.takes(closing.paren)) return pieces;
					else break;
				}
			}
		} finally {
			this.depth = open;
		}
		this.retries += 1;
		if (this.retries > 20) throw new SyntaxError("brackets that are no arithmetic");
		this.at = back;
	}
};
function parameter(name, quoted) {
	return {
		kind: "parameter",
		name,
		index: void 0,
		operator: "",
		argument: [],
		quoted,
		length: false,
		indirect: false
	};
}
// src/guard/word-reader.ts
/** Reads words, what is between them, and the bodies of here-documents behind a line. */
var WordReader = class extends Expansions {
	hereDocuments = [];
	words = 0;
	/** Blanks, continued lines, comments; with `lines` also newlines. */
	skip(lines) {
		for (;;) {
			this.take(/(?:[ \t\r]|\\\n)+/y);
			if (this.next === "#") this.take(/[^\n]+/y);
			else if (lines && this.next === "\n") {
				this.at += 1;
				this.readHereDocuments();
			} else return;
		}
	}
	readHereDocuments() {
		for (const { redirection, end, literal: isLiteral, tabs } of this.hereDocuments.splice(0)) {
			let body = "";
			while (!this.ended) {
				this.meter.spend(1);
				const newline = this.text.indexOf("\n", this.at);
				const stop = newline === -1 ? this.text.length : newline;
				const line = this.text.slice(this.at, stop);
				this.at = Math.min(stop + 1, this.text.length);
				const shown = tabs ? line.replace(/^\t+/, "") : line;
				if (shown === end) break;
				body += `${shown}\n`;
			}
			redirection.target = isLiteral ? [literal(body)] : this.bodyOf(body);
		}
	}
	word() {
		this.words += 1;
		if (this.words > limits.words) throw new RangeError("too many words");
		const pieces = [];
		for (;;) {
			const run = this.take(/[^ \t\r\n;&|<>()\\'"$`]+/y);
			if (run !== null) pieces.push(plain(run[0]));
			const { next } = this;
			const behind = this.text[this.at + 1];
			if (next === "\\") {
				if (behind !== "\n") pieces.push(literal(behind ?? "\\"));
				this.at += 2;
			} else if (next === "'") pieces.push(this.singleQuoted());
			else if (next === "\"") {
				this.at += 1;
				pieces.push(literal(""), ...this.quoted("\""));
			} else if (next === "$") pieces.push(...this.dollar(false));
			else if (next === "`") pieces.push(this.backtick(false));
			else if ((next === "<" || next === ">") && behind === "(") {
				this.at += 2;
				pieces.push({
					kind: "process",
					body: this.until(closing.paren),
					into: next === ">"
				});
			} else if (next === "(" && run !== null && /[?*+@!]$/.test(run[0])) {
				pieces.splice(-1, 1, plain(`${run[0].slice(0, -1)}*`));
				this.extendedGlob(pieces);
			} else if (run === null) return pieces;
		}
	}
	/** `@(a|b)`: anything, but for what is run to make it. */
	extendedGlob(pieces) {
		this.nested(() => {
			this.at += 1;
			while (!this.takes(closing.paren)) {
				if (this.ended) throw new SyntaxError("a pattern is not closed");
				if (!this.takes(/[ \t\r\n;&|<>(]+/y)) pieces.push(...this.word().filter((piece) => piece.kind !== "text"));
			}
		});
	}
	/** @throws SyntaxError where no word is. */
	someWord() {
		const begun = this.at;
		const word = this.word();
		if (this.at === begun) throw new SyntaxError("a word was expected");
		return word;
	}
	wordsUntil(stop, lines) {
		const found = [];
		for (;;) {
			this.skip(lines);
			if (this.ended || this.sees(stop)) return found;
			found.push(this.someWord());
		}
	}
	quoted(end) {
		return this.nested(() => {
			const pieces = [];
			for (;;) {
				const run = this.take(/[^"\\$`]+/y);
				if (run !== null) pieces.push(literal(run[0]));
				const { next } = this;
				if (next === void 0) {
					if (end === void 0) return pieces;
					throw new SyntaxError("\" is not closed");
				}
				if (next === "\"") {
					this.at += 1;
					if (end === "\"") return pieces;
					pieces.push(literal("\""));
				} else if (next === "\\") {
					const escaped = this.text[this.at + 1] ?? "";
					const means = escaped === "\n" ? "" : "$`\"\\".includes(escaped) ? escaped : `\\${escaped}`;
					pieces.push(literal(means));
					this.at += 2;
				} else if (next === "$") pieces.push(...this.dollar(true));
				else pieces.push(this.backtick(true));
			}
		});
	}
};
// src/guard/simple-reader.ts
var declaring = set("declare export local readonly typeset");
/** Reads one command with its assignments, words and redirections. */
var SimpleReader = class extends WordReader {
	commands = 0;
	simple() {
		this.commands += 1;
		if (this.commands > limits.commands) throw new RangeError("too many commands");
		const node = {
			kind: "simple",
			assignments: [],
			words: [],
			redirections: []
		};
		for (;;) {
			this.skip(false);
			if (this.ended || this.sees(/[\n;|)]|&(?!>)/y)) return node;
			const redirection = this.redirection();
			if (redirection !== void 0) node.redirections.push(redirection);
			else if (!this.assignment(node)) node.words.push(this.someWord());
		}
	}
	assignment({ words, assignments }) {
		const first = words[0]?.[0];
		const declares = first?.kind === "text" && declaring.has(first.text);
		const found = words.length === 0 || declares ? this.take(/([A-Za-z_]\w*)(?:\[[^\]\s]*\])?(\+?)=/y) : null;
		if (found === null) return false;
		const [, name = "", plus] = found;
		const adds = plus === "+";
		if (this.takes(/\(/y)) {
			assignments.push({
				name,
				adds,
				array: true,
				words: this.wordsUntil(closing.paren, true)
			});
			this.need(closing.paren);
		} else assignments.push({
			name,
			adds,
			array: false,
			word: this.word()
		});
		return true;
	}
	redirection() {
		const found = this.take(/(\d*|\{\w+\})(<<<|<<-?|<>|<&|&>>?|>>|>\||>&|<(?!\()|>(?!\())/y);
		if (found === null) return void 0;
		const [, from = "", operator = ""] = found;
		this.skip(false);
		const begun = this.at;
		const redirection = {
			from,
			operator,
			target: this.word()
		};
		if (operator === "<<" || operator === "<<-") {
			const written = this.text.slice(begun, this.at);
			const end = redirection.target.map((piece) => piece.kind === "text" ? piece.text : "").join("");
			redirection.target = [];
			this.hereDocuments.push({
				redirection,
				end,
				literal: /["'\\]/.test(written),
				tabs: operator === "<<-"
			});
		}
		return redirection;
	}
};
// src/guard/compound-reader.ts
var opening = {
	brace: reserved("\\{"),
	if: reserved("if"),
	while: reserved("while|until"),
	for: reserved("for|select"),
	case: reserved("case"),
	in: reserved("in"),
	esac: reserved("esac")
};
function group(body, branch = false) {
	return {
		kind: "group",
		body,
		branch,
		redirections: []
	};
}
function words$1(pieces) {
	return {
		kind: "words",
		pieces,
		redirections: []
	};
}
/** Reads what holds other commands; undefined where a simple command begins. */
var CompoundReader = class extends SimpleReader {
	compound() {
		if (this.takes(/\(\(/y)) {
			const pieces = this.arithmetic(this.at - 2);
			if (pieces !== void 0) return words$1(pieces);
		}
		if (this.takes(/\(/y)) return group(this.until(closing.paren));
		if (this.takes(opening.brace)) return group(this.until(closing.brace));
		if (this.takes(opening.if)) return this.ifElse();
		if (this.takes(opening.while)) return group([...this.until(closing.loop), ...this.until(closing.done)], true);
		if (this.takes(opening.for)) return this.forLoop();
		if (this.takes(opening.case)) return this.caseOf();
		if (this.takes(/\[\[(?=\s)/y)) return this.test();
		return this.definition();
	}
	ifElse() {
		const body = [];
		for (;;) {
			body.push(...this.list(closing.branch));
			if (this.take(closing.branch)?.[0] === "fi") return group(body, true);
		}
	}
	test() {
		const pieces = [];
		for (;;) {
			this.skip(true);
			if (this.takes(/\]\](?=[\s;&|()<>]|$)/y)) return words$1(pieces);
			if (this.ended) throw new SyntaxError("[[ is not closed");
			if (!this.takes(/[&|()<>;]+/y)) pieces.push(...this.word());
		}
	}
	definition() {
		const named = this.take(/function[ \t]+([^\s()]+)[ \t]*(?:\([ \t]*\))?\s*/y) ?? this.take(/([^\s;&|<>()$`"'\\#=]+)[ \t]*\([ \t]*\)\s*/y);
		if (named === null) return void 0;
		this.skip(true);
		return {
			kind: "function",
			name: named[1] ?? "",
			body: this.command(),
			redirections: []
		};
	}
	forLoop() {
		this.skip(true);
		let name = "";
		let items;
		if (this.takes(/\(\(/y)) {
			if (this.arithmetic(this.at) === void 0) throw new SyntaxError("(( is not closed");
		} else {
			name = this.take(/[A-Za-z_]\w*/y)?.[0] ?? "";
			this.skip(true);
			if (this.takes(opening.in)) items = this.wordsUntil(/[\n;&|]/y, false);
		}
		this.skip(true);
		this.take(/;/y);
		this.skip(true);
		let body;
		if (this.takes(opening.brace)) body = this.until(closing.brace);
		else {
			this.need(closing.loop);
			body = this.until(closing.done);
		}
		return {
			kind: "for",
			name,
			words: items,
			body,
			redirections: []
		};
	}
	caseOf() {
		const body = [];
		this.skip(true);
		body.push([words$1(this.word())]);
		this.skip(true);
		this.need(opening.in);
		for (;;) {
			this.skip(true);
			if (this.takes(opening.esac)) return group(body, true);
			this.take(/\(/y);
			do {
				this.skip(true);
				this.word();
				this.skip(true);
			} while (this.takes(/\|/y));
			this.need(closing.paren);
			body.push(...this.list(closing.case));
			this.take(/;;&?|;&/y);
		}
	}
};
// src/guard/parser.ts
/**
* The commands of a shell script.
* @throws SyntaxError for what no shell would take, or what is nested too deep
* @throws RangeError for what is too much
*/
function parse(text, meter) {
	return new Parser(text, meter, 0).script();
}
var Parser = class Parser extends CompoundReader {
	script() {
		return this.list(void 0);
	}
	scriptOf(text) {
		return new Parser(text, this.meter, this.depth + 1).script();
	}
	bodyOf(text) {
		return new Parser(text, this.meter, this.depth + 1).quoted(void 0);
	}
	/** Pipelines up to what matches `stop`, or to the end when there is none. */
	list(stop) {
		return this.nested(() => {
			const pipelines = [];
			for (;;) {
				do
					this.skip(true);
				while (!(stop === closing.case && this.sees(closing.case)) && this.takes(/&&|\|\||;|&(?!>)/y));
				if (stop !== void 0 && this.sees(stop)) return pipelines;
				if (this.ended) {
					if (stop === void 0) return pipelines;
					throw new SyntaxError("the text ends before the command");
				}
				if (this.sees(closing.any)) throw new SyntaxError("something is closed that was not opened");
				pipelines.push(this.pipeline());
			}
		});
	}
	pipeline() {
		const stages = [];
		do {
			this.skip(true);
			while (this.takes(/!(?=\s)|time[ \t]+-p(?=\s)|time(?=[ \t]+[^-\s])|coproc[ \t]+(?:\w+[ \t]+(?=[{(]))?/y)) this.skip(false);
			stages.push(this.command());
			this.skip(false);
		} while (this.takes(/\|&?(?!\|)/y));
		return stages;
	}
	command() {
		const begun = this.at;
		const node = this.nested(() => this.compound());
		if (node === void 0) return this.simple();
		for (;;) {
			this.skip(false);
			const redirection = this.redirection();
			if (redirection === void 0) break;
			node.redirections.push(redirection);
		}
		if (this.at === begun) throw new SyntaxError("nothing was read");
		return node;
	}
};
// src/guard/containers.ts
var flagsBeforeVerb = set("-H --host -c --context -l --log-level --config --url -n --namespace -f --file -p");
/** Flags of `run` and `exec` that have no value; those that are not here have one. */
var bare = /^(?:-[itdPqT]+|--(?:rm|init|privileged|interactive|tty|detach|read-only|no-healthcheck|publish-all|quiet|no-deps|service-ports|build|no-TTY|help|[\w-]+=.*))$/;
function indexOfImage(given) {
	let index = 0;
	for (; index < given.length; index += 1) {
		const word = given[index] ?? "";
		if (word === "--") return index + 1;
		if (!word.startsWith("-")) return index;
		const attached = !word.startsWith("--") && /^-[a-z]./.test(word);
		if (!bare.test(word) && !attached) index += 1;
	}
	return index;
}
/** docker and its like: the command that runs in the container. */
var container = (shell, given, stdin) => {
	let from = afterFlags(given, flagsBeforeVerb);
	if (given[from] === "compose" || given[from] === "container") {
		from += 1;
		from += afterFlags(given.slice(from), flagsBeforeVerb);
	}
	const [verb, ...words] = given.slice(from);
	if (verb !== "run" && verb !== "exec" && verb !== "create") return void 0;
	const image = indexOfImage(words);
	const command = words.slice(image + 1);
	const entry = words.slice(0, image).findIndex((word) => word.startsWith("--entrypoint"));
	if (entry !== -1) {
		const program = words[entry]?.split("=")[1] ?? words[entry + 1] ?? "";
		return shell.run([program, ...command], stdin);
	}
	shell.run(command, stdin);
	const base = (words[image] ?? "").replace(/^.*\//, "").replace(/[:@].*$/, "");
	if (verb === "run" && isGuarded(base) && !isGuarded(command[0]) && !isShell(command[0])) shell.run([base, ...command], stdin);
	return UNKNOWN;
};
// src/guard/mentioned.ts
/** So many names are looked at in one text. */
var mostNames = 60;
/** A guarded program beside a verb, in the text of another language: what it does with them cannot be known. */
function mentions(found, text) {
	if (/\.vault-token\b|\.kube\/config\b|\.tfstate\b/.test(text) && /open|read|cat/i.test(text)) found.find({
		program: "a program",
		kind: "secret",
		what: credentialFile
	});
	let left = mostNames;
	for (const { 0: program, index } of text.matchAll(new RegExp(anyGuarded, "g"))) {
		left -= 1;
		if (left < 0) return;
		const rest = text.slice(index + program.length, index + program.length + 300);
		if (program === "psql") {
			if (/\b(?:insert|update|delete|drop|alter|create|truncate|grant)\b/i.test(rest)) found.find({
				program,
				kind: "mutation"
			});
			continue;
		}
		const given = (rest.split(/[\n;|&]/)[0] ?? "").split(/[\s'"`,()[\]{}+\\]+/).filter(Boolean).slice(0, 14);
		const verdict = given.length > 0 ? judge(program, given) : void 0;
		if (verdict !== void 0 && verdict.kind !== "unknown") found.find({
			program,
			...verdict,
			targets: []
		});
	}
}
// src/guard/wrappers.ts
function wrapping(values, skip = 0) {
	return {
		values: set(values),
		skip
	};
}
var wrappers = /* @__PURE__ */ new Map([
	["sudo", wrapping("-u -g -h -p -C -r -t -T -D -R -U --user --group --host --prompt --chdir --chroot --role --type --other-user")],
	["doas", wrapping("-u -C -a")],
	["exec", wrapping("-a")],
	["builtin", wrapping("")],
	["nohup", wrapping("")],
	["time", wrapping("-f -o --format --output")],
	["timeout", wrapping("-s -k --signal --kill-after", 1)],
	["nice", wrapping("-n --adjustment")],
	["ionice", wrapping("-c -n -p -P -u --class --classdata")],
	["stdbuf", wrapping("-i -o -e --input --output --error")],
	["setsid", wrapping("")],
	["chroot", wrapping("", 1)],
	["busybox", wrapping("")],
	["watch", wrapping("-n -q --interval --equexit")]
]);
// src/guard/runners.ts
/** So many lines are tried where a command runs once for each. */
var mostLines = 50;
var xargsValues = set("-I -i -n -P -L -s -d -a -E -J -R --max-args --max-procs --max-lines --delimiter --arg-file --replace");
var xargs = (shell, given, stdin) => {
	const from = afterFlags(given, xargsValues);
	const flags = given.slice(0, from);
	const command = given.slice(from);
	const at = flags.findIndex((word) => /^-[IJ]|^--replace/.test(word));
	const whole = flags.some((word) => /^-\w*0|^--null/.test(word));
	const known = stdin !== void 0 && !stdin.includes(UNKNOWN);
	if (at === -1) {
		const fed = known ? whole ? [stdin] : list(stdin).slice(0, 200) : [UNKNOWN];
		return shell.run([...command, ...fed], stdin);
	}
	const mark = (flags[at] ?? "").replace(/^-[IJ]|^--replace=?/, "") || given[at + 1] || "{}";
	const lines = known ? stdin.split("\n").filter(Boolean).slice(0, mostLines) : [UNKNOWN];
	for (const line of lines) shell.run(command.map((word) => shell.fill(word, mark, line)), void 0);
	return UNKNOWN;
};
var parallelValues = set("-j -S -a -n -N -L -d -I --jobs --delay --retries --timeout --joblog --results --tmpdir");
var parallel = (shell, given, stdin) => {
	const from = afterFlags(given, parallelValues);
	const [command = "", ...more] = given.slice(from).join("\n").split(/\n:::\+?\n|^:::\n/);
	const script = command.replaceAll("\n", " ").replace(/\{[^{}]*\}/g, "{}");
	const fed = more.length > 0 ? more.join("\n").split("\n") : (stdin ?? UNKNOWN).split("\n").filter(Boolean);
	for (const one of fed.slice(0, mostLines)) shell.script(script.includes("{}") ? shell.fill(script, "{}", one) : `${script} ${one}`, void 0);
	return UNKNOWN;
};
var sshValues = set("-p -i -l -o -F -J -L -R -D -b -c -E -e -I -m -O -Q -S -W -w -B");
var ssh = (shell, given, stdin) => {
	const command = given.slice(afterFlags(given, sshValues) + 1);
	if (command.length === 0) return shell.script(stdin ?? "", void 0);
	return shell.script(command.slice(command[0]?.startsWith("-") ? afterFlags(command) : 0).join(" "), stdin);
};
var find = (shell, given, stdin) => {
	for (let index = 0; index < given.length; index += 1) {
		if (!/^-(?:exec|execdir|ok|okdir)$/.test(given[index] ?? "")) continue;
		const command = [];
		for (const word of given.slice(index + 1)) {
			if (word === ";" || word === "+") break;
			command.push(word.replaceAll("{}", UNKNOWN));
		}
		shell.run(command, stdin);
	}
	return UNKNOWN;
};
var envValues = set("-u --unset -C --chdir -S --split-string");
var nothing = wrapping("");
var env = (shell, given, stdin) => {
	const from = afterFlags(given, envValues);
	const split = given.slice(0, from).findIndex((word) => /^(?:-\w*S|--split-string)/.test(word));
	if (split !== -1) {
		const attached = (given[split] ?? "").replace(/^(?:-\w*S|--split-string=?)/, "");
		const [first = "", ...rest] = [...attached === "" ? [] : [attached], ...given.slice(split + 1)];
		return shell.script([first, ...rest.map(quote)].join(" "), stdin);
	}
	const rest = given.slice(from);
	return rest.every((word) => /^\w+=/.test(word)) ? ENVIRONMENT : shell.wrapped(nothing, rest, stdin);
};
/** Another language: what its text says of guarded programs. */
var interpreter = (shell, given, stdin, name) => {
	const inline = /awk$/.test(name) ? given.some((word) => /system|\||getline/.test(word)) : given.some((word) => /^(?:-{1,2}[a-zA-Z]*(?:c|e|E|r|p|eval|print)|eval)$|^-e./.test(word));
	const reads = stdin !== void 0 && given.every((word) => word.startsWith("-"));
	if (inline) mentions(shell, given.join("\n"));
	else if (reads && /system|popen|exec|spawn|subprocess|shell|`/i.test(stdin)) mentions(shell, stdin);
	return UNKNOWN;
};
/** The word behind `-c` is a script. */
var su = (shell, given, stdin) => {
	for (const [index, word] of given.entries()) if (word === "-c" || word === "--command") shell.script(given[index + 1] ?? "", stdin);
};
var flock = (shell, given, stdin) => {
	su(shell, given, stdin, "flock");
	return shell.wrapped(wrapping("-w -E --timeout", 1), given, stdin);
};
var tmux = (shell, given, stdin) => {
	for (const word of given) if (/\s/.test(word)) shell.script(word, stdin);
};
/** Programs that run others in a way of their own. */
var runners = new Map([
	["env", env],
	["xargs", xargs],
	["parallel", parallel],
	["find", find],
	["fd", find],
	["ssh", ssh],
	["at", (shell, _given, stdin) => shell.script(stdin ?? "", void 0)],
	["su", su],
	["flock", flock],
	["tmux", tmux],
	...list("docker podman nerdctl").map((name) => [name, container]),
	...list("python python3 node deno bun perl ruby php awk gawk mawk").map((name) => [name, interpreter])
]);
// src/guard/shell.ts
/** So many of the values that a variable may have are tried. */
var mostVariants = 12;
/** Runs commands in thought: follows what is set, written, defined and piped, and finds what is denied. */
var Shell = class extends Expander {
	scripts = 0;
	/** Of functions that nothing called yet. */
	bodies = /* @__PURE__ */ new Set();
	constructor(meter) {
		super(meter);
	}
	/** @returns what it prints, as far as that is known */
	script(text, stdin, given = this.arguments, zero = this.zero) {
		if (text.trim() === "" || text === UNKNOWN) return UNKNOWN;
		this.spend(text);
		this.scripts += 1;
		if (this.scripts > limits.scripts) throw new RangeError("scripts in scripts, too deep");
		const [arguments_, zero_] = [this.arguments, this.zero];
		this.arguments = given;
		this.zero = zero;
		const output = this.list(parse(text, this.meter), stdin);
		this.arguments = arguments_;
		this.zero = zero_;
		this.scripts -= 1;
		return output;
	}
	/** Functions that nothing called are read too: a trap or a hook may. */
	finish() {
		this.arguments = void 0;
		this.doubt += 1;
		for (const body of this.bodies) this.node(body, void 0);
		for (const sink of this.sinks.values()) if (!this.fed.has(sink)) this.list(sink, UNKNOWN);
	}
	list(pipelines, stdin) {
		let output = "";
		for (const stages of pipelines) {
			let flowing = stdin;
			for (const stage of stages) flowing = this.node(stage, flowing);
			output += flowing ?? "";
		}
		return this.spend(output);
	}
	node(node, piped) {
		if (node.kind === "simple") return this.simple(node, piped);
		if (node.kind === "function") {
			this.functions.set(node.name, node.body);
			if (this.arguments !== void 0) this.bodies.add(node.body);
			return "";
		}
		const { stdin, out } = this.redirect(node.redirections, piped);
		if (node.kind === "words") {
			this.text(node.pieces);
			return this.written("", out);
		}
		if (node.kind === "for") {
			const items = node.words?.flatMap((word) => this.fields(word)) ?? this.arguments ?? [UNKNOWN];
			if (node.name !== "") this.variables.set(node.name, items.length === 0 ? [""] : items.slice(0, 50));
		}
		const branches = node.kind === "for" || node.branch ? 1 : 0;
		this.branches += branches;
		const output = this.list(node.body, stdin);
		this.branches -= branches;
		return this.written(output, out);
	}
	redirect(redirections, piped) {
		let stdin = piped;
		let out;
		for (const { from, operator, target } of redirections) if (operator === "<<" || operator === "<<-") stdin = this.text(target);
		else if (operator === "<<<") stdin = `${this.text(target)}\n`;
		else {
			const path = this.fields(target).join(" ");
			if (operator === "<" || operator === "<>") {
				if (isSecretFile(path)) this.find({
					program: "<",
					kind: "secret",
					what: credentialFile
				});
				stdin = this.file(path) ?? UNKNOWN;
			} else if ((from === "" || from === "1") && !operator.endsWith(">&") && operator !== "<&") out = {
				path,
				adds: operator.endsWith(">>")
			};
		}
		return {
			stdin,
			out
		};
	}
	written(output, out) {
		if (out === void 0) return output;
		this.write(out.path, output, out.adds);
		return "";
	}
	/** Once for every value its variables may have by then. */
	simple(node, piped) {
		const before = [this.variant, this.most];
		let output = "";
		this.variant = 0;
		do {
			this.most = 1;
			output += this.once(node, piped);
			this.variant += 1;
		} while (this.variant < Math.min(this.most, mostVariants));
		[this.variant, this.most] = before;
		return output;
	}
	once({ words, assignments, redirections }, piped) {
		this.commands += 1;
		if (this.commands > limits.commands) throw new RangeError("too many commands");
		const argv = words.flatMap((word) => this.fields(word));
		for (const assignment of assignments) {
			const value = assignment.array ? assignment.words.flatMap((item) => this.fields(item)) : this.text(assignment.word);
			this.assign(assignment.name, value, assignment.adds, argv.length > 0);
		}
		const { stdin, out } = this.redirect(redirections, piped);
		if (argv.length === 0) return this.written(redirections.length > 0 ? stdin ?? "" : "", out);
		return this.written(this.run(argv, stdin), out);
	}
	/** One command with its arguments. */
	run(argv, stdin) {
		const [word, ...given] = argv;
		if (word === void 0) return "";
		this.meter.spend(argv.reduce((sum, one) => sum + one.length + 1, stdin?.length ?? 0));
		this.scripts += 1;
		if (this.scripts > limits.scripts * 2) throw new RangeError("commands in commands, too deep");
		const output = this.named(word, given, stdin);
		this.scripts -= 1;
		return output ?? UNKNOWN;
	}
	named(word, given, stdin) {
		if (word === UNKNOWN) return this.mayBeEmpty(given, stdin);
		const alias = this.aliases.get(word);
		if (alias !== void 0) return this.aliased(word, alias, given, stdin);
		const body = this.functions.get(word);
		if (body !== void 0) return this.call(body, given, stdin);
		const script = this.file(word);
		if (script !== void 0) return this.script(script, stdin, given);
		const name = programName(word);
		if (name === void 0) return void 0;
		for (const what of secretsShown(name, given, stdin)) this.find({
			program: name,
			kind: "secret",
			what
		});
		const known = builtins.get(name) ?? runners.get(name);
		if (known !== void 0) return known(this, given, stdin, name);
		const wrapper = wrappers.get(name);
		if (wrapper !== void 0) return this.wrapped(wrapper, given, stdin);
		for (const [program, rest] of guardedCalls(name, given)) {
			const verdict = judge(program, rest, stdin);
			if (verdict !== void 0) this.find({
				program,
				argv: [program, ...rest],
				stdin,
				...verdict
			});
		}
		return stdin?.includes(ENVIRONMENT) && readers.has(name) ? ENVIRONMENT : UNKNOWN;
	}
	/** A word that cannot be known may be empty, and then the next word is the command. */
	mayBeEmpty(given, stdin) {
		this.doubt += 1;
		const output = this.run(given, stdin);
		this.doubt -= 1;
		return output;
	}
	/** An alias is not one inside of itself. */
	aliased(name, alias, given, stdin) {
		this.aliases.delete(name);
		const output = this.script([alias, ...given.map(quote)].join(" "), stdin);
		this.aliases.set(name, alias);
		return output;
	}
	call(body, given, stdin) {
		if (this.scripts > limits.scripts) return UNKNOWN;
		this.bodies.delete(body);
		const before = this.arguments;
		this.arguments = given;
		this.scripts += 1;
		const output = this.node(body, stdin);
		this.scripts -= 1;
		this.arguments = before;
		return output;
	}
	/** What is behind the flags of a program that runs another. */
	wrapped({ values, skip }, given, stdin) {
		let from = afterFlags(given, values) + skip;
		for (; /^[A-Za-z_]\w*=/.test(given[from] ?? ""); from += 1) {
			const [name = "", ...value] = (given[from] ?? "").split("=");
			this.assign(name, value.join("="));
		}
		const rest = given.slice(from);
		const [only = ""] = rest;
		return rest.length === 1 && /\s/.test(only) ? this.script(only, stdin) : this.run(rest, stdin);
	}
};
// src/guard/decide.ts
var passes = { exit: 0 };
/**
* Reads a command as a shell would, without running it.
* @throws SyntaxError for what no shell would take
* @throws RangeError for what is too much
*/
function examine(command, meter = new Meter()) {
	if (command.length > limits.command) throw new RangeError("the command is too long");
	const shell = new Shell(meter);
	shell.script(unmarked(command), void 0);
	shell.finish();
	return {
		findings: shell.findings,
		commands: shell.commands
	};
}
/** For what the client wrote to the hook. */
function decide(input) {
	let command;
	try {
		command = commandOf(JSON.parse(input));
		if (command === void 0) return passes;
		if (typeof command !== "string") throw new TypeError("the command is no text");
		return decideCommand(command);
	} catch {
		const text = typeof command === "string" ? command : input;
		return anyGuarded.test(text) || anyGuarded.test(text.replace(/["'\\]/g, "")) ? unreadable : passes;
	}
}
var unreadable = {
	exit: 2,
	words: "Castellan could not read this command, and it names a program that can change the homelab. Write it simpler, or use the tools of castellan: kubectl_get, terragrunt_plan, change_propose."
};
function decideCommand(command) {
	if (!mayConcern(command)) return passes;
	const { findings, commands } = examine(command);
	const [first, ...others] = findings;
	if (first === void 0) return passes;
	const edit = findings.map(editOf).find((one) => one !== void 0);
	return {
		exit: 0,
		reason: reasonFor([first, ...others], commands),
		edit
	};
}
/** Undefined where another tool than Bash is asked about; null where the input is not the client's. */
function commandOf(payload) {
	if (typeof payload !== "object" || payload === null) return null;
	if ("tool_name" in payload && payload.tool_name !== "Bash") return void 0;
	const input = "tool_input" in payload ? payload.tool_input : null;
	return typeof input === "object" && input !== null && "command" in input ? input.command : null;
}
// src/guard/places.ts
/** The data directory of the daemon; the rules are those of src/config/locate.ts. */
function dataDirectory(environment, cwd) {
	const { homedir } = process.getBuiltinModule("node:os");
	const { isAbsolute, join, resolve } = process.getBuiltinModule("node:path");
	const state = environment["XDG_STATE_HOME"];
	const base = state !== void 0 && isAbsolute(state) ? state : join(filled(environment["HOME"]) ?? homedir(), ".local", "state");
	return resolve(cwd, filled(environment["CASTELLAN_HOME"]) ?? join(base, "castellan"));
}
function filled(value) {
	return value === void 0 || value === "" ? void 0 : value;
}
// src/guard/read-input.ts
/** A client that writes later than this has no answer left to wait for. */
var patience = {
	pauses: 200,
	pauseMs: 20
};
/**
* The whole input, read by `read` as `readSync` reads a descriptor; undefined where it is too long. Some clients give a pipe that
* does not block: as long as it is empty, reading it fails, and that is no end of the input.
* @throws what `read` throws
*/
function readInput(read, pause = wait) {
	const chunks = [];
	let length = 0;
	let pauses = 0;
	for (const chunk = Buffer.alloc(65536);;) {
		let size;
		try {
			size = read(chunk);
		} catch (error) {
			if (!isEmptyYet(error) || pauses === patience.pauses) throw error;
			pauses += 1;
			pause(patience.pauseMs);
			continue;
		}
		if (size === 0) return Buffer.concat(chunks).toString();
		length += size;
		if (length > limits.input) return void 0;
		chunks.push(Buffer.from(chunk.subarray(0, size)));
	}
}
function isEmptyYet(error) {
	return error instanceof Error && "code" in error && error.code === "EAGAIN";
}
function wait(milliseconds) {
	Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
// src/guard/main.ts
/**
* PreToolUse hook for Bash: reads a shell command as a shell would, without running it, and denies what changes the homelab
* past the human gate or prints a secret; the reason names the tool of the catalogue that does it the legal way.
*
* It is a seat belt and a signpost. The boundary is that the agent's host holds no write credentials: docs/guard.md.
* Client's contract: exit 0 with a JSON decision on stdout, or exit 2 with words on stderr; any other end lets the command run.
*/
var { readFileSync, readSync, writeSync } = process.getBuiltinModule("node:fs");
function decideInput() {
	let input;
	try {
		input = readInput((into) => readSync(0, into));
	} catch {
		return { exit: 0 };
	}
	return input === void 0 ? unreadable : decide(input);
}
async function whatTheDaemonSays(edit) {
	try {
		const { version } = JSON.parse(readFileSync(`${import.meta.dirname}/../package.json`, "utf8"));
		return await askDaemon(dataDirectory(process.env, process.cwd()), String(version), edit);
	} catch {
		return [];
	}
}
/** False where nobody takes it. An error that is thrown here would end the hook with a code that lets the command run. */
function written(descriptor, text) {
	try {
		writeSync(descriptor, `${text}\n`);
		return true;
	} catch {
		return false;
	}
}
var { exit, reason, edit, words } = decideInput();
process.exitCode = exit;
if (words !== void 0) written(2, words);
if (reason !== void 0) {
	const permissionDecisionReason = [reason, ...edit === void 0 ? [] : await whatTheDaemonSays(edit)].join("\n");
	if (!written(1, JSON.stringify({ hookSpecificOutput: {
		hookEventName: "PreToolUse",
		permissionDecision: "deny",
		permissionDecisionReason
	} }))) {
		process.exitCode = 2;
		written(2, permissionDecisionReason);
	}
}
