{{/* Everything that is missing or contradicts itself, told at once, before anything reaches the cluster. */}}
{{- define "poortwachter.faults" -}}
{{- $faults := list -}}
{{- if not .Values.image.repository -}}
{{- $faults = append $faults "image.repository: is required: where your registry keeps the image" -}}
{{- end -}}
{{- $config := default dict .Values.config -}}
{{- range (.Files.Get "files/settings.yaml" | fromYaml).required -}}
{{- $node := $config -}}
{{- range .path -}}
{{- $node = ternary (get (ternary $node dict (kindIs "map" $node)) .) "" (kindIs "map" $node) -}}
{{- end -}}
{{- if not $node -}}
{{- $faults = append $faults (printf "config.%s: is required: %s" (join "." .path) .description) -}}
{{- end -}}
{{- end -}}
{{- $tenant := default dict $config.tenant -}}
{{- $helpDesk := default dict $tenant.helpDesk -}}
{{- if not (or $helpDesk.email $helpDesk.phone) -}}
{{- $faults = append $faults "config.tenant.helpDesk: needs an email or a phone: people who are stuck must be able to reach somebody" -}}
{{- end -}}
{{- if and $config.issuer (not (hasPrefix "https://" $config.issuer)) -}}
{{- $faults = append $faults "config.issuer: must be https: in a cluster people come over a network" -}}
{{- end -}}
{{- $faults = concat $faults (include "poortwachter.secretFaults" . | fromJsonArray) -}}
{{- if and .Values.reseal.enabled (not (include "poortwachter.givenSecrets" . | contains "\"previous-master-keys\"")) -}}
{{- $faults = append $faults "reseal.enabled: needs previous-master-keys among the secrets: nothing else opens what is sealed" -}}
{{- end -}}
{{- $scaling := .Values.autoscaling -}}
{{- if and $scaling.enabled (gt (int $scaling.minReplicas) (int $scaling.maxReplicas)) -}}
{{- $faults = append $faults "autoscaling.minReplicas: must not be more than autoscaling.maxReplicas" -}}
{{- end -}}
{{- if $faults -}}
{{- $count := ternary "1 fault" (printf "%d faults" (len $faults)) (eq (len $faults) 1) -}}
{{- fail (printf "\n\nThe values have %s (docs/kubernetes.md):\n  %s\n" $count (join "\n  " $faults)) -}}
{{- end -}}
{{- end -}}

{{/* A JSON list. Only names are told, never a value. */}}
{{- define "poortwachter.secretFaults" -}}
{{- $root := . -}}
{{- $faults := list -}}
{{- $secrets := .Values.secrets -}}
{{- if $secrets.existingSecret -}}
{{- if or $secrets.values $secrets.files -}}
{{- $faults = append $faults "secrets.existingSecret: is given, and so are secrets.values or secrets.files: give one of them" -}}
{{- end -}}
{{- range include "poortwachter.knownSecrets" . | fromJsonArray -}}
{{- if and .required (not .ownerOnly) (not (has .key $secrets.existingKeys)) -}}
{{- $faults = append $faults (printf "secrets.existingKeys: must name %s: nothing starts without it" .key) -}}
{{- end -}}
{{- end -}}
{{- else -}}
{{- $owner := .Values.migration -}}
{{- range include "poortwachter.knownSecrets" . | fromJsonArray -}}
{{- $needed := and .required (or (not .ownerOnly) (and (or $owner.enabled $root.Values.reseal.enabled) (not $owner.existingSecret))) -}}
{{- if and $needed (not (get $secrets.values .name)) -}}
{{- $faults = append $faults (printf "secrets.values.%s: is required, or secrets.existingSecret with the key %s" .name .key) -}}
{{- end -}}
{{- end -}}
{{- range include "poortwachter.namedFiles" . | fromJsonArray -}}
{{- if not (hasKey $secrets.files .) -}}
{{- $faults = append $faults (printf "secrets.files: must hold %s: config names /run/secrets/poortwachter/%s" . .) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- toJson $faults -}}
{{- end -}}
