package io.nimoshake.dynamodb.convert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Decodes strings into buffers of every size. */
class JsonStringsTest {
  private static final String JSON = "\"plain text, \u00e9\u20ac\ud83d\ude00 \\u20ac\\n, the end\"";
  private static final String DECODED = "plain text, \u00e9\u20ac\ud83d\ude00 \u20ac\n, the end";

  /** The buffers of pages would be too large, and most of each would stay empty. */
  @Test
  void takesNoRoomForWhatFollowsTheString() throws Exception {
    BsonBuffer out = new BsonBuffer();
    byte[] before = out.buf;
    assertEquals("key", decoded("\"key\"" + ",\"x\"".repeat(100_000), out));
    assertTrue(before == out.buf, "the buffer has grown");
  }

  static IntStream free() {
    return IntStream.rangeClosed(0, 64);
  }

  @ParameterizedTest
  @MethodSource("free")
  void growsWhereverTheBufferEnds(int free) throws Exception {
    BsonBuffer out = new BsonBuffer();
    out.pos = out.buf.length - free;
    assertEquals(DECODED, decoded(JSON, out));
  }

  private static String decoded(String json, BsonBuffer out) throws Exception {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    JsonCursor in = new JsonCursor();
    in.reset(bytes, 0, bytes.length);
    int from = out.pos;
    JsonStrings.copy(in, out);
    return new String(out.buf, from, out.pos - from, StandardCharsets.UTF_8);
  }
}
