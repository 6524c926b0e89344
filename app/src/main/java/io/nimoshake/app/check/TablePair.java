package io.nimoshake.app.check;

import io.nimoshake.core.model.TableSchema;
import io.nimoshake.dynamodb.back.ItemOfDocument;
import io.nimoshake.dynamodb.compare.ItemComparer;
import io.nimoshake.dynamodb.compare.PlainItem;
import io.nimoshake.dynamodb.compare.WrittenValues;
import io.nimoshake.dynamodb.convert.ItemConverter;
import io.nimoshake.dynamodb.convert.KeyCodec;
import java.util.Optional;
import java.util.function.BiPredicate;
import org.bson.BsonValue;

/** One table on both sides. The methods create objects that each thread needs for itself. */
record TablePair(TableSchema schema, Sides sides, Patience patience) {
  String name() {
    return schema.name();
  }

  KeyCodec codec() {
    return new KeyCodec(schema, sides.convert());
  }

  ItemComparer comparer() {
    return mappedItems()
        .<ItemComparer>map(items -> items)
        .or(() -> sides.shapes().itemsOf(name()).map(ItemComparer::of))
        .or(() -> written().map(values -> ItemComparer.of(sides.convert(), values)))
        .orElseGet(() -> ItemComparer.of(sides.convert()));
  }

  Expectation expectation() {
    Expectation ofItems =
        mappedItems().<Expectation>map(items -> items).orElse(Expectation.AS_IT_IS);
    return sides.mongoIsTruth() ? new ItemsFollow(ofItems) : ofItems;
  }

  /** How documents are compared that applications have written to. */
  private Optional<WrittenValues> written() {
    return sides
        .mongoTruth()
        .map(of -> new WrittenValues(sides.convert().names(), of.back().dates()));
  }

  private Optional<MappedItems> mappedItems() {
    return sides
        .mapping()
        .flatMap(mapping -> mapping.expected(schema))
        .map(rules -> new MappedItems(sides.convert(), rules, sameValues()));
  }

  private BiPredicate<BsonValue, BsonValue> sameValues() {
    return written()
        .<BiPredicate<BsonValue, BsonValue>>map(values -> values::isSame)
        .orElse(PlainItem::isSame);
  }

  /** Whether a mapping says where the documents of the table are. */
  boolean isMapped() {
    return mappedItems().isPresent();
  }

  ItemConverter converter() {
    return new ItemConverter(schema, sides.convert());
  }

  /** Makes the items of documents, where MongoDB is the truth. */
  ItemOfDocument itemsOfDocuments() {
    return new ItemOfDocument(schema, sides.mongoTruth().orElseThrow().back());
  }

  SourceItems items() {
    return new SourceItems(sides.source(), schema, patience);
  }
}
