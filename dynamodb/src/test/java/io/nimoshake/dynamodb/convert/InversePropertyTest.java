package io.nimoshake.dynamodb.convert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.Slice;
import io.nimoshake.dynamodb.back.DateForm;
import io.nimoshake.dynamodb.back.DocumentInverse;
import io.nimoshake.dynamodb.back.UnfitDocumentException;
import io.nimoshake.dynamodb.client.AttributeJson;
import io.nimoshake.dynamodb.compare.PlainItem;
import io.nimoshake.dynamodb.compare.WrittenValues;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.bson.BsonDocument;
import org.junit.jupiter.api.Test;

/** Takes random items to documents and back, untouched and edited, under all options. */
class InversePropertyTest {
  private static Optional<Change.Upsert> forward(ConvertOptions options, Slice item) {
    return new ItemConverter(Decode.BY_ID_AND_NUMBER, options).convert(item, whyNot -> {});
  }

  private static Slice json(Attr.M item, long seed) {
    return Slice.utf8(Attr.Spelling.item(item, seed).strip());
  }

  private static Slice back(ConvertOptions options, Change.Upsert document, Optional<Slice> there)
      throws UnfitDocumentException {
    return new DocumentInverse(Decode.BY_ID_AND_NUMBER, options, DateForm.ISO8601)
        .item(document.key(), document.document(), there);
  }

  private static boolean hasEmptyKey(Attr.M item) {
    return item.entries().get("id").equals(new Attr.S(""));
  }

  @Test
  void anUntouchedDocumentIsItsItem() {
    ForItems.check(
        2_000,
        (item, seed) -> {
          Slice json = json(item, seed);
          for (ConvertOptions options : Decode.OPTIONS) {
            Optional<Change.Upsert> document = forward(options, json);
            if (document.isPresent() && !hasEmptyKey(item)) {
              Slice back = back(options, document.get(), Optional.of(json));
              assertEquals(item.meaning(), Attr.of(AttributeJson.read(back.toUtf8())).meaning());
            }
          }
        });
  }

  /** With nothing there, the item may be another one, but it becomes this document. */
  @Test
  void anItemMadeOfADocumentBecomesThatDocument() {
    ForItems.check(
        1_000,
        (item, seed) -> {
          for (ConvertOptions options : Decode.OPTIONS) {
            Optional<Change.Upsert> document = forward(options, json(item, seed));
            if (document.isPresent() && !hasEmptyKey(item)) {
              comesBack(options, document.get(), Optional.empty());
            }
          }
        });
  }

  @Test
  void anEditedDocumentComesBackAsItIs() {
    ForItems.check(
        1_000,
        (item, seed) -> {
          Random random = new Random(seed);
          Attr.M edited = (Attr.M) edited(item, Items.keyed(seed + 1_000_000), random);
          for (ConvertOptions options : Decode.OPTIONS) {
            Optional<Change.Upsert> document = forward(options, json(edited, seed));
            if (document.isPresent() && !hasEmptyKey(item)) {
              comesBack(options, document.get(), Optional.of(json(item, seed)));
            }
          }
        });
  }

  private static void comesBack(
      ConvertOptions options, Change.Upsert document, Optional<Slice> there) {
    Slice back;
    try {
      back = back(options, document, there);
    } catch (UnfitDocumentException e) {
      // The largest numbers of DynamoDB have a double that is beyond them.
      assertTrue(e.getMessage().endsWith("cannot hold the number 1.0E126"), e.getMessage());
      return;
    }
    BsonDocument expected = Decode.bson(document.document());
    BsonDocument again = Decode.bson(forward(options, back).orElseThrow().document());
    if (options.type() == ConvertType.RAW) {
      assertEquals(expected, again);
      return;
    }
    // A double may have become an integer or a decimal of its value.
    BsonDocument plain = new PlainItem(options).document(back).orElseThrow();
    assertTrue(
        new WrittenValues(options.names(), DateForm.ISO8601).isSame(plain, expected),
        () -> expected + " became " + again);
  }

  /** The item with some values taken from another one; the key stays. */
  private static Attr edited(Attr value, Attr other, Random random) {
    if (value instanceof Attr.M map && other instanceof Attr.M others) {
      Map<String, Attr> entries = new LinkedHashMap<>(map.entries());
      others
          .entries()
          .forEach(
              (name, theirs) -> {
                if (name.equals("id") || name.equals("n")) {
                  return;
                }
                Attr ours = entries.get(name);
                entries.put(name, ours == null ? theirs : edited(ours, theirs, random));
              });
      if (random.nextInt(3) == 0) {
        entries.keySet().removeIf(name -> !name.equals("id") && !name.equals("n"));
      }
      return new Attr.M(entries);
    }
    return random.nextBoolean() ? value : other;
  }
}
