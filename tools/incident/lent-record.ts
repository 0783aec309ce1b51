import type { IncidentRecord } from '../../src/incident/record/port.ts';

/** The record as tools have it: whoever asks waits for the database, and nobody does before. */
export function lentRecord(record: () => Promise<IncidentRecord>): IncidentRecord {
  return {
    open: async (...given) => (await record()).open(...given),
    get: async (...given) => (await record()).get(...given),
    list: async (...given) => (await record()).list(...given),
    dossier: async (...given) => (await record()).dossier(...given),
    change: async (...given) => (await record()).change(...given),
    addEvidence: async (...given) => (await record()).addEvidence(...given),
    payloads: async (...given) => (await record()).payloads(...given),
    putFinding: async (...given) => (await record()).putFinding(...given),
    annotate: async (...given) => (await record()).annotate(...given),
    putTriage: async (...given) => (await record()).putTriage(...given),
    putCandidates: async (...given) => (await record()).putCandidates(...given),
    judge: async (...given) => (await record()).judge(...given),
    putReport: async (...given) => (await record()).putReport(...given),
    actions: async (...given) => (await record()).actions(...given),
    action: async (...given) => (await record()).action(...given),
    putActions: async (...given) => (await record()).putActions(...given),
    changeAction: async (...given) => (await record()).changeAction(...given),
    holding: async (...given) => (await record()).holding(...given),
    verify: async (...given) => (await record()).verify(...given),
  };
}
