-- wrk script: a multipart form with one file of 1 MiB, as `run` sends it to check the answer.
wrk.method = "POST"
wrk.headers["Content-Type"] = "multipart/form-data; boundary=B"
wrk.body = '--B\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\n'
   .. string.rep("0123456789abcde\n", 65536) .. "\r\n--B--\r\n"
