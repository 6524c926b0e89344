package io.nimoshake.dynamodb.export;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * An export that is not ready yet, as the checkpoint has it.
 *
 * @param time the export is to have the items as they were at this time
 * @param token with which it is requested
 * @param arn its ARN, once it is requested
 */
record RequestedExport(Instant time, String token, Optional<String> arn) {
  private static final String SEPARATOR = " ";

  /**
   * One that is not requested yet.
   *
   * @param syncId the sync that wants it
   */
  static RequestedExport of(String syncId, String tableArn, Instant time) {
    String name = String.join("\n", syncId, tableArn, time.toString());
    UUID token = UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8));
    return new RequestedExport(time, token.toString(), Optional.empty());
  }

  /** The export of an id. */
  static RequestedExport parse(String id) {
    String[] parts = id.split(SEPARATOR);
    return new RequestedExport(
        Instant.parse(parts[0]),
        parts[1],
        parts.length > 2 ? Optional.of(parts[2]) : Optional.empty());
  }

  String id() {
    String wish = time + SEPARATOR + token;
    return arn.map(known -> wish + SEPARATOR + known).orElse(wish);
  }

  RequestedExport withArn(String known) {
    return new RequestedExport(time, token, Optional.of(known));
  }
}
