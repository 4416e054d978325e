{{/* The settings file: what the operator wrote, and the two settings that follow from the chart. */}}
{{- define "poortwachter.settings" -}}
{{- $config := deepCopy (default dict .Values.config) -}}
{{- $listen := default dict $config.listen -}}
{{- if and .Values.ingress.enabled (not (hasKey $listen "trustedHops")) -}}
{{- $_ := set $config "listen" (merge (dict "trustedHops" 1) $listen) -}}
{{- end -}}
{{- $password := default dict $config.password -}}
{{- if not (hasKey $password "threads") -}}
{{- $_ := set $config "password" (merge (dict "threads" 2) $password) -}}
{{- end -}}
{{- toYaml $config -}}
{{- end -}}

{{- define "poortwachter.port" -}}
{{- dig "listen" "port" 3000 (default dict .Values.config) | int -}}
{{- end -}}

{{- define "poortwachter.managementPort" -}}
{{- dig "management" "port" 9464 (default dict .Values.config) | int -}}
{{- end -}}

{{/* The issuer's host, without a port. */}}
{{- define "poortwachter.host" -}}
{{- (urlParse (default "" .Values.config.issuer)).hostname -}}
{{- end -}}

{{/* MiB: an idle process, its requests, and every hash that may run at a time. */}}
{{- define "poortwachter.memory" -}}
{{- $password := default dict (include "poortwachter.settings" . | fromYaml).password -}}
{{- $kib := mul (int $password.threads) (int (default 19456 $password.memoryKib)) -}}
{{- add 256 (ceil (divf $kib 1024)) -}}Mi
{{- end -}}

{{- define "poortwachter.resources" -}}
{{- $memory := include "poortwachter.memory" . -}}
{{- $defaults := dict "requests" (dict "cpu" "250m" "memory" $memory) "limits" (dict "memory" $memory) -}}
{{- toYaml (mergeOverwrite $defaults (deepCopy .Values.resources)) -}}
{{- end -}}

{{/* Names of the files that `config` looks for among the secrets: secrets of clients, keys for TLS. A JSON list. */}}
{{- define "poortwachter.namedFiles" -}}
{{- $names := list -}}
{{- range regexFindAll "/run/secrets/poortwachter/[-._a-zA-Z0-9]+" (toYaml .Values.config) -1 -}}
{{- $names = append $names (trimPrefix "/run/secrets/poortwachter/" .) -}}
{{- end -}}
{{- $names | uniq | sortAlpha | toJson -}}
{{- end -}}

{{/* Every setting that may come from a Secret, with its key there and its variable. */}}
{{- define "poortwachter.knownSecrets" -}}
{{- (.Files.Get "files/settings.yaml" | fromYaml).secrets | toJson -}}
{{- end -}}

{{/* The secret settings that are given here, without the owner's. A JSON list. */}}
{{- define "poortwachter.givenSecrets" -}}
{{- $given := list -}}
{{- $secrets := .Values.secrets -}}
{{- range include "poortwachter.knownSecrets" . | fromJsonArray -}}
{{- $here := ternary (has .key $secrets.existingKeys) (not (empty (get $secrets.values .name))) (not (empty $secrets.existingSecret)) -}}
{{- if and $here (not .ownerOnly) -}}
{{- $given = append $given . -}}
{{- end -}}
{{- end -}}
{{- toJson $given -}}
{{- end -}}

{{- define "poortwachter.secretName" -}}
{{- default (include "poortwachter.fullname" .) .Values.secrets.existingSecret -}}
{{- end -}}

{{/* What the server's Secret holds when it is made here. */}}
{{- define "poortwachter.secretData" -}}
{{- $root := . -}}
{{- range include "poortwachter.givenSecrets" . | fromJsonArray }}
{{ .key }}: {{ get $root.Values.secrets.values .name | b64enc }}
{{- end }}
{{- range $name, $text := .Values.secrets.files }}
{{ $name }}: {{ $text | b64enc }}
{{- end }}
{{- end -}}
