/** Words that stand in every cluster's answers. A value made of them alone would be masked where it is no secret. */
export const ordinaryWords: ReadonlySet<string> = new Set(
  `a access account action active actions add address admin administrator agent alert alertmanager alerts all alpine amd64 an
  and annotation anonymous apache api apis app application applications apply apps archive arm64 argo argocd assets at auth
  authentication authentik author authorization auto automation aws backend backup backups bar base basic bearer beta bin bind
  bitwarden block blue body bool boolean bot box branch broker browser bucket build bundle by cache calico ca cdn cert
  certificate certificates certs change changeme chart check ci client cloud cloudflare cluster code collector command commit common
  compose config configmap configuration connect connection console consul contact container containers content control
  controller coredns core count cpu cron cronjob crowdsec csi custom daemon dashboard data database databases date db debug
  default delete demo deploy deployment description dev device devices dex direct directory disabled disk dns docker document
  domain door down driver edge email enable enabled encryption endpoint engine entry env environment error etcd event events
  example exec export exporter external failed false feature file files filter flannel flux folder foo format forgejo frontend
  full gateway general get git gitea github gitlab global google grafana green grid group groups guest handler haproxy harbor
  health healthz hello helm home homelab host hostname hosts house html http https id image images immich import in index influxdb info
  infra infrastructure ingress init input instance int internal interval ip issuer istio item items jaeger java jellyfin job
  jobs join json jupyter k3s k8s kafka key keycloak keys kind kube kubectl kubelet kubernetes label labels lab lan language
  large latest leader letsencrypt level lib library light limit linux list listen local localhost lock log logger login logs
  logstash loki longhorn machine mail mailer main maintenance manage management manager manifest map mariadb master max media
  member memory message meta metadata metallb method metrics middleware migration min minio mirror mobile mode model module
  monitor monitoring mount mqtt multi my mysql name names namespace nats net network networks new nextcloud nfs nginx no node
  nodes none normal not notification notify null number oauth oauth2 object off office ok old ollama on online open opensearch
  operator option options or org organization output owner package page paperless partition password path patch photos php ping
  plain platform plex plugin pod pods policy pool port portal postgres postgresql prefix prod production profile project prometheus
  promtail proxy public pull push python query queue rabbitmq raft read readonly ready realm redis region registry release remote
  replica report repo repository request requests reset resource resources response rest result retention review role roles rolling
  root route router rules run runner running s3 sample scheduler schema scope script search secret secrets secure security select
  sentry server servers service services session set setting settings shared shell signal simple site size small smtp socket source
  space spec ssh ssl staging start state static status stop storage store stream string sub subject summary super superuser support
  sync syslog system systemd table tag talos target task team telegram telemetry temp template tenant terraform test testing text
  thanos the time timeout tls to token tokens tool top topic total trace tracing traefik transfer true type unifi unknown update
  updated upload url usage use user username users value values vault vaultwarden velero version video view viewer virtual volume
  volumes wan warning watch web webhook website welcome wiki wireguard with worker workflow workspace write www yaml yes zigbee zone
  zookeeper`.split(/\s+/),
);
