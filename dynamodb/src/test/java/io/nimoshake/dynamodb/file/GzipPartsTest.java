package io.nimoshake.dynamodb.file;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GzipPartsTest {
  private static int crc(byte[] bytes, int from, int to) {
    CRC32 crc = new CRC32();
    crc.update(bytes, from, to - from);
    return (int) crc.getValue();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 7, 255, 100_000})
  void sumsOfPartsAreTheSumOfTheWhole(int length) {
    byte[] text = new byte[length];
    new Random(length).nextBytes(text);
    for (int cut : List.of(0, length / 3, length)) {
      assertEquals(
          crc(text, 0, length),
          Crc32Sums.join(crc(text, 0, cut), crc(text, cut, length), length - cut));
    }
  }

  @Test
  void aFileOfBlocksIsOneMember() throws Exception {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    StringBuilder whole = new StringBuilder();
    put(file, GzipParts.header());
    int crc = 0;
    for (int size : List.of(3, 0, 200_000, 64 * 1024, 1)) {
      byte[] text = "{\"a\":\"b\"}\n".repeat(size).getBytes(UTF_8);
      put(file, GzipParts.block(text, text.length));
      crc = Crc32Sums.join(crc, crc(text, 0, text.length), text.length);
      whole.append(new String(text, UTF_8));
    }
    put(file, GzipParts.trailer(crc, whole.length()));
    // A stream like that of a socket: a reader cannot look ahead for another member.
    ByteArrayInputStream in =
        new ByteArrayInputStream(file.toByteArray()) {
          @Override
          public synchronized int available() {
            return 0;
          }
        };
    assertEquals(whole.toString(), new String(new GZIPInputStream(in).readAllBytes(), UTF_8));
  }

  private static void put(ByteArrayOutputStream file, ByteBuffer part) {
    file.write(part.array(), part.position(), part.remaining());
  }
}
