package io.nimoshake.dynamodb.convert;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.ChangeBatch;
import io.nimoshake.core.model.FieldNames;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Slice;
import io.nimoshake.dynamodb.compare.ItemComparer;
import io.nimoshake.dynamodb.compare.PlainItem;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.bson.BsonDocument;
import org.junit.jupiter.api.Test;

/**
 * Converts random items in random spellings. One decoder of each kind is reused for all items, as
 * in a sync, so the tests also find remains of one page in another.
 */
class ConversionPropertyTest {
  private static final List<PageDecoder> DECODERS =
      Decode.OPTIONS.stream().map(o -> new PageDecoder(Decode.BY_ID_AND_NUMBER, o)).toList();

  /** What items are converted with for a mapping that is a plug-in. */
  private static final Map<ConvertOptions, PageDecoder> SORTED =
      Decode.OPTIONS.stream()
          .filter(options -> options.type() != ConvertType.RAW)
          .map(ConvertOptions::withSortedSets)
          .collect(Collectors.toMap(o -> o, o -> new PageDecoder(Decode.BY_ID_AND_NUMBER, o)));

  /** Items with all types, under options that keep names. */
  private static final ConvertOptions AS_IT_IS =
      new ConvertOptions(ConvertType.RAW, new FieldNames(false, ""), NumberOverflow.FAIL);

  /** Options with {@code raw}, which loses nothing. */
  private static final int[] RAW_KINDS = {4, 5};

  private static final PageDecoder SAME =
      new PageDecoder(Decode.BY_ID_AND_NUMBER, Decode.options(ConvertType.SAME));
  private static final PageDecoder SOURCE = new PageDecoder(Decode.BY_ID_AND_NUMBER, AS_IT_IS);

  private static ChangeBatch decode(PageDecoder decoder, String item) throws IOException {
    byte[] body = Decode.utf8("{\"Items\":[" + item + "]}");
    ChangeBatch.Builder into = ChangeBatch.builder();
    decoder.scan(body, body.length, into);
    return into.build(Position.END);
  }

  private static Optional<Change.Upsert> upsert(PageDecoder decoder, String item)
      throws IOException {
    ChangeBatch batch = decode(decoder, item);
    assertEquals(1, batch.changes().size() + batch.rejected().size());
    return batch.changes().stream().map(Change.Upsert.class::cast).findFirst();
  }

  @Test
  void documentsAndKeysAreWhatTheDocSays() {
    ForItems.check(
        20_000,
        (item, seed) -> {
          String json = Attr.Spelling.item(item, seed);
          for (int kind = 0; kind < Decode.OPTIONS.size(); kind++) {
            SlowConverter slow = new SlowConverter(Decode.OPTIONS.get(kind));
            Optional<BsonDocument> expected = slow.item(item);
            Optional<Change.Upsert> upsert = upsert(DECODERS.get(kind), json);
            assertEquals(expected.isPresent(), upsert.isPresent());
            if (expected.isPresent()) {
              BsonDocument document = expected.get();
              assertArrayEquals(SlowConverter.bytes(document), upsert.get().document().copy());
              assertArrayEquals(
                  SlowConverter.bytes(slow.key(document, List.of("id", "n"))),
                  upsert.get().key().encoded().copy());
            }
          }
        });
  }

  /** A mapping that is a plug-in gets this document when both sides are compared. */
  @Test
  void thePlainDocumentIsTheSameToTheByte() {
    ForItems.check(
        5_000,
        (item, seed) -> {
          for (ConvertOptions options : SORTED.keySet()) {
            Optional<Change.Upsert> upsert =
                upsert(SORTED.get(options), Attr.Spelling.item(item, seed));
            if (upsert.isPresent()) {
              Slice other = Slice.utf8(Attr.Spelling.item(item, ~seed).strip());
              BsonDocument plain = new PlainItem(options).document(other).orElseThrow();
              BsonDocument document = Decode.bson(upsert.get().document());
              // The order of the attributes is the only thing that may differ.
              assertEquals(document, plain);
            }
          }
        });
  }

  /** DynamoDB does not keep the order of a set. */
  @Test
  void sortedSetsDoNotDependOnTheOrderInWhichTheyWereRead() {
    ForItems.check(
        2_000,
        (item, seed) -> {
          for (PageDecoder decoder : SORTED.values()) {
            Optional<Change.Upsert> one = upsert(decoder, Attr.Spelling.item(item, seed));
            Optional<Change.Upsert> other =
                upsert(decoder, Attr.Spelling.item(shuffled(item, seed), seed));
            assertEquals(
                one.map(upsert -> Decode.bson(upsert.document())),
                other.map(upsert -> Decode.bson(upsert.document())));
          }
        });
  }

  private static Attr.M shuffled(Attr.M map, long seed) {
    Map<String, Attr> entries = new LinkedHashMap<>();
    map.entries().forEach((name, value) -> entries.put(name, shuffled(value, seed)));
    return new Attr.M(entries);
  }

  private static Attr shuffled(Attr value, long seed) {
    if (value instanceof Attr.M map) {
      return shuffled(map, seed);
    } else if (value instanceof Attr.L list) {
      return new Attr.L(list.elements().stream().map(each -> shuffled(each, seed)).toList());
    } else if (value instanceof Attr.Multi set) {
      List<Attr> elements = new ArrayList<>(set.elements());
      Collections.shuffle(elements, new Random(seed));
      return new Attr.Multi(set.descriptor(), elements);
    }
    return value;
  }

  @Test
  void rawReadsBackAsTheItem() {
    ForItems.check(
        3_000,
        (item, seed) -> {
          Optional<Change.Upsert> upsert = upsert(SOURCE, Attr.Spelling.item(item, seed));
          if (upsert.isPresent()) {
            assertEquals(
                item.meaning(),
                new DocumentReader(ConvertType.RAW).read(upsert.get().document(), Set.of()));
          }
        });
  }

  /** Uses the comparer's own rules, the fast and the slow ones; also under {@code same}. */
  @Test
  void anItemIsTheSameAsWhatItBecame() {
    ForItems.check(
        3_000,
        (item, seed) -> {
          Slice source = Slice.utf8(Attr.Spelling.item(item, ~seed).strip());
          for (int kind = 0; kind < Decode.OPTIONS.size(); kind++) {
            Optional<Change.Upsert> upsert =
                upsert(DECODERS.get(kind), Attr.Spelling.item(item, seed));
            if (upsert.isPresent()) {
              ItemComparer comparer = ItemComparer.of(Decode.OPTIONS.get(kind));
              assertEquals(List.of(), comparer.differences(source, upsert.get().document()));
            }
          }
          Change.Upsert same = upsert(SAME, Attr.Spelling.item(item, seed)).orElseThrow();
          assertEquals(
              List.of(),
              ItemComparer.of(Decode.options(ConvertType.SAME))
                  .differences(source, same.document()));
        });
  }

  /** Compares an item with a slightly smaller one: they are equal only if they mean the same. */
  @Test
  void noSmallDifferenceIsOverlooked() {
    ForItems.check(
        1_000,
        (item, seed) -> {
          Slice source = Slice.utf8(Attr.Spelling.item(item, seed).strip());
          for (Attr other : ForItems.simpler(item)) {
            String spelled = Attr.Spelling.item((Attr.M) other, seed);
            boolean same = item.meaning().equals(other.meaning());
            for (int kind : RAW_KINDS) {
              ItemComparer comparer = ItemComparer.of(Decode.OPTIONS.get(kind));
              Optional<Change.Upsert> upsert = upsert(DECODERS.get(kind), spelled);
              if (upsert.isPresent()) {
                Slice document = upsert.get().document();
                assertEquals(same, comparer.differences(source, document).isEmpty());
                assertTrue(same || !comparer.surelyEqual(source, document));
              }
            }
            // Different numbers may become the same double; then both ways must agree.
            for (int kind = 0; kind < Decode.OPTIONS.size(); kind++) {
              ItemComparer comparer = ItemComparer.of(Decode.OPTIONS.get(kind));
              Optional<Change.Upsert> upsert = upsert(DECODERS.get(kind), spelled);
              if (upsert.isPresent() && comparer.surelyEqual(source, upsert.get().document())) {
                assertEquals(List.of(), comparer.differences(source, upsert.get().document()));
              }
            }
          }
        });
  }

  @Test
  void keysComeBackFromEveryTarget() {
    ForItems.check(
        3_000,
        (item, seed) -> {
          Change.Upsert same = upsert(SAME, Attr.Spelling.item(item, seed)).orElseThrow();
          for (int kind = 0; kind < Decode.OPTIONS.size(); kind++) {
            KeyCodec codec = new KeyCodec(Decode.BY_ID_AND_NUMBER, Decode.OPTIONS.get(kind));
            Optional<Change.Upsert> upsert =
                upsert(DECODERS.get(kind), Attr.Spelling.item(item, seed));
            if (upsert.isPresent()) {
              assertEquals(Optional.of(upsert.get().key()), codec.encode(same.key()));
              // DynamoDB has no item with an empty key.
              boolean possible = !same.key().encoded().toUtf8().contains("{\"S\":\"\"}");
              assertEquals(
                  Optional.of(same.key()).filter(key -> possible),
                  codec.decode(upsert.get().key()));
            }
          }
        });
  }

  @Test
  void underSameTheBytesStayAndTheKeyDoesNotDependOnTheSpelling() {
    ForItems.check(
        5_000,
        (item, seed) -> {
          String spelled = Attr.Spelling.item(item, seed);
          Change.Upsert upsert = upsert(SAME, spelled).orElseThrow();
          assertEquals(spelled.strip(), upsert.document().toUtf8());
          Change.Upsert again = upsert(SAME, Attr.Spelling.item(item, ~seed)).orElseThrow();
          assertEquals(upsert.key(), again.key());
          Change.Upsert ofKey = upsert(SAME, upsert.key().encoded().toUtf8()).orElseThrow();
          assertEquals(upsert.key(), ofKey.key());
        });
  }
}
