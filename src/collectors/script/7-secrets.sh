# ---------------------------------------------------------------------------------------------------------------------
# Secrets of other people's command lines, which do not have to leave this host.

# Masks the values of secrets in the output of the tools that print arguments. What `analyze` masks is more; this is what can be
# known by one pass of sed: names before values, headers, URLs, a few commands' own options, tokens that tell by their shape.
mask_secrets() {
  named='([Pp][Aa][Ss][Ss][Ww]([Oo][Rr])?[Dd]|[Pp][Aa][Ss][Ss][Pp][Hh][Rr][Aa][Ss][Ee]|[Tt][Oo][Kk][Ee][Nn]|[Ss][Ee][Cc][Rr][Ee][Tt]'
  named="$named|([Aa][Pp][Ii]|[Aa][Cc][Cc][Ee][Ss][Ss]|[Pp][Rr][Ii][Vv][Aa][Tt][Ee])[-_]?[Kk][Ee][Yy]|[Cc][Rr][Ee][Dd][Ee][Nn][Tt][Ii][Aa][Ll][Ss]?|[-_][Pp][Ww][Dd])"
  word="[^[:space:]\"'&,;]" inner="[^[:space:]\"']" gap="[\"']?[[:space:]]+[\"']?"
  for one in $prints_arguments; do
    printed=$folder/out/$one.txt
    [ -s "$printed" ] || continue
    # In this order: --password=X "token":"X" DB_PASSWORD=X X-Api-Key: X; --password X; Authorization: Bearer X; Cookie: a=X; b=X;
    # scheme://user:X@host; mysql -pX; sshpass -p X; redis-cli -a X, ldapsearch -w X, docker login -p X; pass:X; ?sig=X;
    # curl -u user:X; what AWS, GitHub, GitLab, Slack and Stripe issue; JSON Web Tokens.
    if $lowest sed -E \
      -e "s/([-_.A-Za-z0-9]*$named([\"']?=|[\"']: ?|: )[\"']?)$word+/\1[masked]/g" \
      -e "s/((^|[[:space:]\"'])--?[-_.A-Za-z0-9]*$named$gap)[^-[:space:]\"']$inner*/\1[masked]/g" \
      -e "s/([Aa]uthorization: *([A-Z][a-z]+ +)?)$inner+/\1[masked]/g" \
      -e "s/([Cc][Oo][Oo][Kk][Ii][Ee](: *|[\"']? +[\"']?))[^-[:space:]\"';=]+=[^[:space:]\"';]+(; ?[^[:space:]\"';=]+=[^[:space:]\"';]+)*/\1[masked]/g" \
      -e "s,(://[^[:space:]/:@\"']*:)[^[:space:]/\"']+@,\1[masked]@,g" \
      -e "s/((mysql|mariadb)[a-z-]*[\"']?[[:space:]](.*[[:space:]\"'])?-p)[^-[:space:]\"']$inner*/\1[masked]/g" \
      -e "s/(sshpass$gap-p[\"']?[[:space:]]*[\"']?)$inner+/\1[masked]/g" \
      -e "s/((redis-cli|ldap[a-z]+|(docker|podman|helm|oc)[\"']?[[:space:]].*login)[\"']?[[:space:]](.*[[:space:]])?[\"']?-[apw]$gap)[^-[:space:]\"']$inner*/\1[masked]/g" \
      -e "s/([^[:alnum:]_]pass:)$inner+/\1[masked]/g" \
      -e "s/([?&]([-_A-Za-z]*[Ss]ignature|sig|key|auth|code)=)$word+/\1[masked]/g" \
      -e "s/([[:space:]\"'](-u|--user)($gap|=)[^[:space:]:\"'=]+:)$inner+/\1[masked]/g" \
      -e 's/(AKIA|ASIA)[A-Z0-9]{12,20}/[masked]/g' \
      -e 's/(gh[pousr]_|github_pat_|glpat-|xox[abeoprs]-|[rs]k_live_)[-_A-Za-z0-9]{10,}/[masked]/g' \
      -e 's/eyJ[-_A-Za-z0-9]{8,}\.eyJ[-_A-Za-z0-9.]+/[masked]/g' \
      "$printed" >"$folder/run/masked" 2>/dev/null; then
      lines=$(awk '/\[masked]/ { n++ } END { print n + 0 }' "$folder/run/masked")
      [ "$lines" -gt 0 ] || continue
      cat "$folder/run/masked" >"$printed"
      note "secrets were masked in $lines lines of $one"
    else
      note "secrets in the output of $one could not be masked here"
    fi
  done
  rm -f "$folder/run/masked"
}
