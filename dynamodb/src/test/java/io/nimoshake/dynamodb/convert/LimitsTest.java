package io.nimoshake.dynamodb.convert;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.core.model.ChangeBatch;
import io.nimoshake.core.model.Position;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.bson.BsonDocument;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** As large, deep, long and many as DynamoDB allows, and a little beyond. */
class LimitsTest {
  private static BsonDocument decode(String value) throws IOException {
    return Decode.document(
        Decode.BY_ID, ConvertOptions.DEFAULT, "{\"id\":{\"S\":\"a\"},\"v\":" + value + "}");
  }

  @Test
  void textOfEveryLengthAroundTheWordSize() throws IOException {
    for (int length = 0; length < 40; length++) {
      for (String end : new String[] {"", "\u00e9", "\"", "\uD83D\uDE00"}) {
        String text = "x".repeat(length) + end;
        assertEquals(
            text,
            decode("{\"S\":\"" + text.replace("\"", "\\\"") + "\"}").getString("v").getValue());
      }
    }
  }

  /**
   * Tries every first and second byte, with enough bytes after them. Java's decoder gives the
   * answer.
   */
  @Test
  void textIsTakenIfAndOnlyIfItIsUtf8() throws IOException {
    PageDecoder change = new PageDecoder(Decode.BY_ID, ConvertOptions.DEFAULT);
    PageDecoder same = new PageDecoder(Decode.BY_ID, Decode.options(ConvertType.SAME));
    byte[] begin = Decode.utf8("{\"Items\":[{\"id\":{\"S\":\"");
    byte[] end = Decode.utf8("\"}}]}");
    for (int lead = 0x80; lead < 0x100; lead++) {
      for (int second = 0x7F; second < 0x100; second++) {
        for (int length = 1; length < 5; length++) {
          byte[] text = {(byte) lead, (byte) second, (byte) 0x80, (byte) 0xBF};
          byte[] body = new byte[begin.length + length + end.length];
          System.arraycopy(begin, 0, body, 0, begin.length);
          System.arraycopy(text, 0, body, begin.length, length);
          System.arraycopy(end, 0, body, begin.length + length, end.length);
          boolean valid = isUtf8(text, length);
          for (PageDecoder decoder : List.of(change, same)) {
            ChangeBatch.Builder into = ChangeBatch.builder();
            decoder.scan(body, body.length, into);
            assertEquals(valid ? 1 : 0, into.build(Position.END).changes().size());
          }
        }
      }
    }
  }

  /** No item is that large, but a document must never be, whatever the service sends. */
  @Test
  void aDocumentBeyondWhatMongoDbTakesIsRejected() throws IOException {
    PageDecoder decoder = new PageDecoder(Decode.BY_ID, ConvertOptions.DEFAULT);
    for (int length : new int[] {16 * 1024 * 1024 - 1024, 16 * 1024 * 1024 + 1}) {
      String item = "{\"id\":{\"S\":\"a\"},\"v\":{\"S\":\"" + "x".repeat(length) + "\"}}";
      byte[] body = Decode.utf8("{\"Items\":[" + item + "]}");
      ChangeBatch.Builder into = ChangeBatch.builder();
      decoder.scan(body, body.length, into);
      ChangeBatch batch = into.build(Position.END);
      boolean fits = length < 16 * 1024 * 1024;
      assertEquals(fits ? 1 : 0, batch.changes().size());
      assertEquals(fits ? 0 : 1, batch.rejected().size());
    }
  }

  /** Every open split has a decoder, and most are idle: 100 of them once filled a 256 MB heap. */
  @Test
  void aDecoderKeepsLittleOfTheLastPage() throws IOException {
    String item = "{\"id\":{\"S\":\"a\"},\"v\":{\"S\":\"" + "x".repeat(1_000_000) + "\"}}";
    byte[] body = Decode.utf8("{\"Items\":[" + item + "]}");
    List<PageDecoder> decoders = new ArrayList<>();
    long before = heapBytes();
    for (int i = 0; i < 200; i++) {
      PageDecoder decoder = new PageDecoder(Decode.BY_ID, ConvertOptions.DEFAULT);
      decoder.scan(body.clone(), body.length, ChangeBatch.builder());
      decoders.add(decoder);
    }
    long kept = (heapBytes() - before) / decoders.size();
    assertTrue(kept < 250_000, () -> kept + " bytes a decoder");
  }

  private static long heapBytes() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  private static boolean isUtf8(byte[] bytes, int length) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, 0, length));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  @Test
  void binaryOfEveryLength() throws IOException {
    Random random = new Random(1);
    for (int length = 0; length < 70; length++) {
      byte[] bytes = new byte[length];
      random.nextBytes(bytes);
      String base64 = Base64.getEncoder().encodeToString(bytes);
      assertArrayEquals(
          bytes, decode("{\"B\":\"" + base64 + "\"}").getBinary("v").getData(), "length " + length);
    }
  }

  @Test
  void anItemOf400Kilobytes() throws IOException {
    String text = "\u6771".repeat(400_000 / 3);
    assertEquals(text, decode("{\"S\":\"" + text + "\"}").getString("v").getValue());
    byte[] bytes = new byte[400_000];
    new Random(2).nextBytes(bytes);
    assertArrayEquals(
        bytes,
        decode("{\"B\":\"" + Base64.getEncoder().encodeToString(bytes) + "\"}")
            .getBinary("v")
            .getData());
  }

  @Test
  void aListOfAHundredThousandElements() throws IOException {
    String list = String.join(",", Collections.nCopies(100_000, "{\"N\":\"7\"}"));
    BsonDocument document = decode("{\"L\":[" + list + "]}");
    assertEquals(100_000, document.getArray("v").size());
    assertEquals(7, document.getArray("v").get(99_999).asInt32().getValue());
  }

  @ParameterizedTest
  @ValueSource(ints = {7, 8, 9, 63, 64, 65, 20_000})
  void aMapOfManyNamesFindsTheOneThatIsTwice(int names) throws IOException {
    StringBuilder map = new StringBuilder();
    for (int i = 0; i < names; i++) {
      map.append(i == 0 ? "" : ",").append("\"name").append(i).append("\":{\"N\":\"1\"}");
    }
    BsonDocument document = decode("{\"M\":{" + map + "}}");
    assertEquals(names, document.getDocument("v").size());
    String twice = map + ",\"name" + names / 2 + "\":{\"N\":\"1\"}";
    assertEquals(
        "v: two attributes become the same field name" + names / 2,
        Decode.rejected(
                Decode.BY_ID,
                ConvertOptions.DEFAULT,
                "{\"id\":{\"S\":\"a\"},\"v\":{\"M\":{" + twice + "}}}")
            .reason());
  }

  /** Every item has other names, so the table of names must start over and stay correct. */
  @Test
  void aMillionDifferentNames() throws IOException {
    PageDecoder decoder = new PageDecoder(Decode.BY_ID, ConvertOptions.DEFAULT);
    for (int page = 0; page < 100; page++) {
      StringBuilder items = new StringBuilder("{\"Items\":[");
      for (int item = 0; item < 10; item++) {
        items.append(item == 0 ? "" : ",").append("{\"id\":{\"S\":\"").append(item).append("\"}");
        for (int name = 0; name < 1000; name++) {
          items.append(",\"").append(page).append('-').append(item).append('-').append(name);
          items.append("\":{\"N\":\"1\"}");
        }
        items.append('}');
      }
      byte[] body = Decode.utf8(items.append("]}").toString());
      ChangeBatch.Builder into = ChangeBatch.builder();
      decoder.scan(body, body.length, into);
      ChangeBatch batch = into.build(Position.END);
      assertEquals(10, batch.changes().size());
      BsonDocument last = Decode.bson(batch.changes().get(9).key());
      assertEquals(BsonDocument.parse("{id: '9'}"), last);
    }
  }
}
