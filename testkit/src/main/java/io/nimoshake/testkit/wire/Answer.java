package io.nimoshake.testkit.wire;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32;

/** One answer of DynamoDB's JSON protocol. */
public record Answer(int status, Map<String, List<String>> headers, byte[] body) {
  static final String DATE = "date";

  /** An answer with the headers that the service sends, its checksum among them. */
  public static Answer of(int status, byte[] json) {
    CRC32 crc = new CRC32();
    crc.update(json);
    return new Answer(
        status,
        Map.of(
            "Content-Type",
            List.of("application/x-amz-json-1.0"),
            "x-amz-crc32",
            List.of(Long.toString(crc.getValue()))),
        json);
  }

  /**
   * The service's way of saying that a call failed.
   *
   * @param type the exception with its namespace, such as {@code
   *     com.amazonaws.dynamodb.v20120810#LimitExceededException}
   */
  public static Answer error(int status, String type, String message) {
    return of(
        status,
        ("{\"__type\":\"" + type + "\",\"message\":\"" + message + "\"}")
            .getBytes(StandardCharsets.UTF_8));
  }

  /** The same answer with another value of one header. */
  public Answer withHeader(String name, String value) {
    Map<String, List<String>> changed = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    changed.putAll(headers);
    changed.put(name, List.of(value));
    return new Answer(status, changed, body);
  }
}
