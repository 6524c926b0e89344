package io.nimoshake.app.check;

import io.nimoshake.app.check.Finding.Kind;
import io.nimoshake.core.model.Slice;
import io.nimoshake.core.port.TargetReader.Stored;
import io.nimoshake.dynamodb.compare.ItemComparer;
import io.nimoshake.dynamodb.compare.ItemDifference;
import io.nimoshake.dynamodb.compare.PlainItem;
import io.nimoshake.dynamodb.convert.ConvertOptions;
import io.nimoshake.mapping.plain.Expected;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiPredicate;
import java.util.function.Function;
import org.bson.BsonDocument;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.bson.RawBsonDocument;
import org.bson.codecs.BsonDocumentCodec;
import org.bson.codecs.DecoderContext;
import org.bson.json.JsonMode;
import org.bson.json.JsonWriterSettings;

/**
 * What a mapping should make of items, as it says for comparisons. Documents come with their
 * collection, as {@code {collection: ..., document: {...}}}.
 */
final class MappedItems implements ItemComparer, Expectation {
  private static final JsonWriterSettings CANONICAL =
      JsonWriterSettings.builder().outputMode(JsonMode.EXTENDED).build();
  private static final String SINGLE = "{\"v\": ";

  private final PlainItem items;
  private final Function<BsonDocument, Expected> mapping;
  private final BiPredicate<BsonValue, BsonValue> same;

  private Slice lastItem;
  private Optional<Expected> lastExpected = Optional.empty();

  /**
   * @param mapping says what should become of the document of an item
   * @param same whether a value of an item and one of a document are the same
   */
  MappedItems(
      ConvertOptions convert,
      Function<BsonDocument, Expected> mapping,
      BiPredicate<BsonValue, BsonValue> same) {
    this.items = new PlainItem(convert);
    this.mapping = mapping;
    this.same = same;
  }

  /** Empty if the item cannot be converted. The same item is often asked for twice in a row. */
  private Optional<Expected> result(Slice item) {
    if (item != lastItem) {
      lastExpected = items.document(item).map(mapping);
      lastItem = item;
    }
    return lastExpected;
  }

  private Optional<Expected.Document> expected(Slice item) {
    return result(item)
        .filter(Expected.Document.class::isInstance)
        .map(Expected.Document.class::cast);
  }

  @Override
  public boolean expectsDocument(Slice item) {
    return result(item).filter(Expected.Nothing.class::isInstance).isEmpty();
  }

  @Override
  public Optional<Stray> misplaced(Slice item, Stored stored) {
    Optional<Expected> result = result(item);
    if (result.isPresent() && result.get() instanceof Expected.Nothing) {
      return Optional.of(new Stray(Kind.EXTRA, "the mapping ignores its item"));
    }
    return expected(item)
        .filter(document -> !isAt(document, parse(stored.id())))
        .map(
            document ->
                new Stray(
                    Kind.MISPLACED, "its item belongs to collection " + document.collection()));
  }

  private boolean isAt(Expected.Document expected, BsonDocument place) {
    return expected.collection().equals(place.getString("collection").getValue())
        && same.test(expected.document().get("_id"), place.get("_id"));
  }

  @Override
  public Optional<String> whyRejected(Slice item) {
    return result(item)
        .filter(Expected.Rejected.class::isInstance)
        .map(result -> ((Expected.Rejected) result).reason());
  }

  @Override
  public boolean surelyEqual(Slice item, Slice document) {
    Optional<Expected.Document> expected = expected(item);
    BsonDocument placed = parse(document);
    return expected.isPresent()
        && expected.get().collection().equals(placed.getString("collection").getValue())
        && same.test(expected.get().document(), placed.get("document"));
  }

  @Override
  public List<ItemDifference> differences(Slice item, Slice document) {
    Optional<Expected.Document> expected = expected(item);
    BsonDocument placed = parse(document);
    if (expected.isEmpty()) {
      return List.of(
          new ItemDifference(
              "", Optional.of(item.toUtf8()), Optional.of(placed.toJson(CANONICAL))));
    }
    List<ItemDifference> differences = new ArrayList<>();
    BsonValue collection = new BsonString(expected.get().collection());
    compare("collection", collection, placed.get("collection"), differences);
    BsonDocument wanted = expected.get().document();
    BsonDocument found = placed.getDocument("document");
    Set<String> names = new TreeSet<>(wanted.keySet());
    names.addAll(found.keySet());
    names.forEach(name -> compare(name, wanted.get(name), found.get(name), differences));
    return differences;
  }

  private void compare(
      String path, BsonValue wanted, BsonValue found, List<ItemDifference> differences) {
    if (wanted == null || found == null || !same.test(wanted, found)) {
      differences.add(
          new ItemDifference(
              path,
              Optional.ofNullable(wanted).map(MappedItems::text),
              Optional.ofNullable(found).map(MappedItems::text)));
    }
  }

  private static String text(BsonValue value) {
    String json = new BsonDocument("v", value).toJson(CANONICAL);
    return json.substring(SINGLE.length(), json.length() - 1);
  }

  @Override
  public String json(Slice document) {
    return parse(document).toJson(CANONICAL);
  }

  private static BsonDocument parse(Slice bytes) {
    RawBsonDocument raw = new RawBsonDocument(bytes.array(), bytes.offset(), bytes.length());
    return new BsonDocumentCodec().decode(raw.asBsonReader(), DecoderContext.builder().build());
  }
}
