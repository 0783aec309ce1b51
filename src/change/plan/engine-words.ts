/**
 * Headings of the engines' own errors. What stands below such a heading is trusted by where it is made:
 *
 *  source   found in the text of the configuration, before anything has a value: names of it may be repeated
 *  value    found while values are worked out, and may quote them
 *  message  the text is an `error_message` of the source, made of values
 */
export type HeadingKind = 'source' | 'value' | 'message';

const source = `
Unsupported argument|Unsupported block type|Unsupported attribute|Missing required argument|Argument or block definition required
Invalid expression|Invalid reference|Reference to undeclared resource|Reference to undeclared input variable
Reference to undeclared local value|Reference to undeclared module|Reference to undeclared output value|Invalid block definition
Reference to uninitialized variable|Reference to uninitialized resource|Reference to uninitialized local value
Self-referential block|Cycle|Invalid resource type|Invalid resource name|Invalid data source|Invalid block type|Duplicate local value definition
Duplicate variable declaration|Duplicate module call|Duplicate output definition|Duplicate provider configuration|Attribute redefined
Invalid attribute name|Missing attribute separator|Missing newline after argument|Unclosed configuration block|Unterminated template string
Invalid multi-line string|Missing item separator|Missing attribute value|Unbalanced parentheses|Invalid character|Call to unknown function
Not enough function arguments|Too many function arguments|Extra characters after expression|Missing expression|Missing name for block
Extraneous label for|Module not installed|Module not found|Unreadable module directory|Unsuitable module source|Invalid module source address
Missing required provider|Missing required provider configuration|Invalid provider configuration|Provider type mismatch
Redundant ignore_changes element|Invalid depends_on reference|Invalid ignore_changes wildcard|Invalid replace_triggered_by expression
Zero assert blocks|Invalid variable name|Invalid output name|Invalid variable validation condition|Invalid type specification
Invalid default value for variable|Unsupported Terraform Core version|Unsupported OpenTofu Core version|Ambiguous move statements|Redundant move statement
Moved object still exists|Removed resource still exists|Invalid import block|Duplicate required provider|Invalid version constraint
Backend initialization required, please run "terraform init"|Inconsistent dependency lock file
`;

const value = `
Invalid for_each argument|Invalid for_each set argument|Invalid count argument|Invalid index|Invalid function argument|Error in function call
Invalid template interpolation value|Invalid operand|Incorrect attribute value type|Inconsistent conditional result types|Incorrect condition type
Invalid value for module argument|Invalid value for input variable|No value for required variable|Unsuitable value type|Invalid for expression
Iteration over null value|Iteration over non-iterable value|Duplicate object key|Attempt to get attribute from null value|Attempt to index null value
Output refers to sensitive values|Invalid import id argument|Configuration for import target does not exist|Cannot import non-existent remote object
Instance cannot be destroyed|Provider produced inconsistent result after apply|Provider produced inconsistent final plan|Provider produced invalid plan
Provider returned invalid value|Provider produced invalid object|Unable to find remote state|Error acquiring the state lock|Error loading state
Error refreshing state|Failed to load state|Failed to query available provider packages|Failed to install provider|Failed to load plugin schemas
Failed to instantiate provider|Failed to read variables file|Error configuring the backend|Backend initialization required|Backend configuration changed
Resource instance cannot be destroyed|Invalid target address|Saved plan is stale|Unsupported state file format|State data in S3 does not have the expected content
Plugin did not respond|Request cancelled|Operation canceled|Unknown condition value|Invalid condition result|Missing resource instance key|Invalid dynamic for_each value
Template result is null|Error message refers to sensitive values|Value for undeclared variable|Required plugins are not installed
`;

const message = `
Resource precondition failed|Resource postcondition failed|Check block assertion failed|Module output value precondition failed
Invalid value for variable|Check assertion failed|Action precondition failed
`;

const kinds = new Map<string, HeadingKind>(
  Object.entries({ source, value, message } as const).flatMap(([kind, text]) =>
    text
      .split(/[\n|]/)
      .filter((heading) => heading !== '')
      .map((heading): [string, HeadingKind] => [heading, kind as HeadingKind]),
  ),
);

/** Undefined for a heading that is not one of the engine's: a provider's, Terragrunt's, anybody's. */
export function headingKind(heading: string): HeadingKind | undefined {
  return kinds.get(heading.replace(/[.:]$/, ''));
}

/** What errors of providers and of Terragrunt come down to; the first that a text holds is told, and nothing else of it. */
export const failures: readonly (readonly [RegExp, string])[] = [
  [/connection refused/i, 'connection refused'],
  [/no such host|name resolution|server misbehaving/i, 'the name of a host is not known'],
  [/network is unreachable|no route to host/i, 'the network cannot be reached'],
  [/x509|certificate|tls handshake/i, 'a certificate is not accepted'],
  [/context deadline exceeded|timed? ?out/i, 'it took too long'],
  [/unauthorized|\b401\b|authentication failed|invalid credentials/i, 'the credential is not accepted'],
  [/forbidden|permission denied|\b403\b|access denied|not authorized/i, 'it is not allowed'],
  [/already exists|\b409\b|conflict/i, 'it exists already, or something else changed it'],
  [/not found|\b404\b|does not exist|no such file|no matches for kind/i, 'it was not found'],
  [/immutable/i, 'a field cannot be changed'],
  [/too many requests|\b429\b|rate limit/i, 'too many requests'],
  [/state lock|lock/i, 'it is locked'],
  [/unmarshal|yaml:|parse|syntax|decode/i, 'a text could not be parsed'],
  [/invalid|unsupported|required|must be|validation/i, 'a value is not valid'],
];

/** Plain words engines write around what they speak of. */
export const plainWords: ReadonlySet<string> = new Set(
  (
    'a an and any are argument arguments as at attribute attributes be because been before block blocks but by call called can cannot ' +
    'cause character characters child condition configuration configured contain containing contains could declared default defined ' +
    'depend depends did do does each either element elements empty error evaluated evaluating exactly exist exists expected expecting ' +
    'expression expressions failed file following for found from function given has have here if in include index input inside ' +
    'instance instances invalid is it its key keys kind labels list local map may mean missing module modules more must name named ' +
    'names neither new no not number object of on one only or other output outputs parameter plan please possible provider providers ' +
    'read required requires resource resources root result same see set should single some source string sure suitable that the their ' +
    'there these they this to type types unexpected unknown unsuitable unsupported use used using value values variable variables ' +
    'version was what when where which will with within without you your'
  ).split(' '),
);
