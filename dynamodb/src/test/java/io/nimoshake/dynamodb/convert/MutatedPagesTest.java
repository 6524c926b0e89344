package io.nimoshake.dynamodb.convert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.ChangeBatch;
import io.nimoshake.core.model.ItemKey;
import io.nimoshake.core.model.Position;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Changes, cuts, doubles and moves bytes of valid pages. The result must be either a fault or valid
 * BSON documents of a page that another parser accepts too.
 */
class MutatedPagesTest {
  private static final JsonFactory JSON = new JsonFactory();
  private static final List<PageDecoder> DECODERS =
      Arrays.stream(ConvertType.values())
          .map(type -> new PageDecoder(Decode.BY_ID_AND_NUMBER, Decode.options(type)))
          .toList();

  /** Bytes with a meaning in JSON, UTF-8 or DynamoDB. */
  private static final byte[] TELLING =
      Decode.utf8("\"\"\"\\\\{}[]:,,.-+eE0019tfnuSNBML=\0\n \u0080\u07FF\uD83D\uDE00");

  private static final RecordListener LISTENER =
      new WholeRecords() {
        @Override
        public void imageMissing(String keyJson, ItemKey key, Instant created) {
          assertTrue(isJson(Decode.utf8(keyJson)));
        }
      };

  private static byte[] page(List<Attr.M> items, boolean records, Random random) {
    List<String> elements = new ArrayList<>();
    for (Attr.M item : items) {
      String json = Attr.Spelling.item(item, random.nextLong());
      elements.add(records ? record(json, random) : json);
    }
    String joined = "[" + String.join(",", elements) + "]";
    return Decode.utf8(
        records
            ? "{\"NextShardIterator\":\"it\",\"Records\":" + joined + "}"
            : "{\"Count\":"
                + items.size()
                + ",\"Items\":"
                + joined
                + ",\"LastEvaluatedKey\":{\"id\":{\"S\":\"a\"}},\"ScannedCount\":9}");
  }

  private static String record(String item, Random random) {
    String image = random.nextInt(4) == 0 ? "OldImage" : "NewImage";
    String event = List.of("INSERT", "MODIFY", "REMOVE").get(random.nextInt(3));
    return "{\"eventID\":\"e\",\"eventName\":\""
        + event
        + "\",\"dynamodb\":{\"ApproximateCreationDateTime\":1.7E9,\"Keys\":"
        + "{\"id\":{\"S\":\"a\"},\"n\":{\"N\":\"1\"}},\""
        + image
        + "\":"
        + item
        + ",\"SequenceNumber\":\"100\"}}";
  }

  private static byte[] mutate(byte[] page, Random random) {
    byte[] bytes = page;
    for (int times = random.nextInt(4); times > 0 && bytes.length > 1; times--) {
      int at = random.nextInt(bytes.length);
      int length = 1 + random.nextInt(Math.min(8, bytes.length - at));
      switch (random.nextInt(6)) {
        case 0 -> {
          bytes = bytes.clone();
          bytes[at] = (byte) random.nextInt(256);
        }
        case 1, 2 -> {
          bytes = bytes.clone();
          bytes[at] = TELLING[random.nextInt(TELLING.length)];
        }
        case 3 -> bytes = splice(bytes, at, length, new byte[0]);
        case 4 -> bytes = splice(bytes, at, 0, Arrays.copyOfRange(bytes, at, at + length));
        default -> bytes = Arrays.copyOf(bytes, random.nextInt(40) == 0 ? at : bytes.length);
      }
    }
    return bytes;
  }

  private static byte[] splice(byte[] bytes, int at, int remove, byte[] add) {
    byte[] result = new byte[bytes.length - remove + add.length];
    System.arraycopy(bytes, 0, result, 0, at);
    System.arraycopy(add, 0, result, at, add.length);
    System.arraycopy(bytes, at + remove, result, at + add.length, bytes.length - at - remove);
    return result;
  }

  @Test
  void aPageThatIsNotJsonNeverPassesWithoutAFault() {
    ForItems.check(
        2_000,
        (item, seed) -> {
          Random random = new Random(seed);
          boolean records = random.nextBoolean();
          byte[] page = page(List.of(item, Items.keyed(~seed)), records, random);
          for (int i = 0; i < 40; i++) {
            check(DECODERS.get(i % DECODERS.size()), mutate(page, random), records);
          }
        });
  }

  private static void check(PageDecoder decoder, byte[] page, boolean records) {
    // The body is in a longer array; the bytes behind it must not be read.
    byte[] body = Arrays.copyOf(page, page.length + 16);
    Arrays.fill(body, page.length, body.length, (byte) '"');
    ChangeBatch.Builder into = ChangeBatch.builder();
    byte[] rest;
    try {
      rest =
          records
              ? decoder.records(body, page.length, into, LISTENER)
              : decoder.scan(body, page.length, into);
    } catch (MalformedPageException e) {
      ChangeBatch nothing = into.build(Position.END);
      assertEquals(0, nothing.itemsRead());
      return;
    } catch (IOException e) {
      throw new AssertionError("no other kind is promised", e);
    }
    ChangeBatch batch = into.build(Position.END);
    assertTrue(isJson(rest));
    if (!isJson(page)) {
      // Invalid UTF-8 in an item rejects only that item.
      assertFalse(batch.rejected().isEmpty(), () -> Decode.text(page));
    }
    for (Change change : batch.changes()) {
      if (decoder == DECODERS.get(ConvertType.SAME.ordinal())) {
        assertTrue(isJson(change.key().encoded().copy()));
      } else {
        Decode.bson(change.key());
        if (change instanceof Change.Upsert upsert) {
          Decode.bson(upsert.document());
        }
      }
    }
  }

  private static boolean isJson(byte[] bytes) {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      // Jackson refuses unpaired surrogates in names, which JSON allows.
      return isJson(text.replaceAll("\\\\u[dD][89a-fA-F]", "\\\\u00"));
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  private static boolean isJson(String text) {
    try (JsonParser parser = JSON.createParser(text)) {
      int depth = 0;
      int roots = 0;
      while (parser.nextToken() != null) {
        depth += parser.currentToken().isStructStart() ? 1 : 0;
        depth -= parser.currentToken().isStructEnd() ? 1 : 0;
        roots += depth == 0 ? 1 : 0;
        // Jackson reads and checks strings lazily.
        parser.getText();
      }
      return roots == 1;
    } catch (IOException e) {
      return false;
    }
  }
}
