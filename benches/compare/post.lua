-- wrk script: asks by POST, with no body.
wrk.method = "POST"
