package com.example;

import io.nimoshake.plugin.Collection;
import io.nimoshake.plugin.Ids;
import io.nimoshake.plugin.Index;
import io.nimoshake.plugin.Item;
import io.nimoshake.plugin.MappingPlugin;
import io.nimoshake.plugin.Outcome;
import io.nimoshake.plugin.Table;
import io.nimoshake.plugin.TableMapper;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import org.bson.BsonArray;
import org.bson.BsonDecimal128;
import org.bson.BsonDocument;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.bson.types.Decimal128;

/**
 * Does what the rules of a mapping file cannot do: it computes the total of an order from its lines,
 * and it splits a tag such as {@code color:red} into a name and a value.
 *
 * <p>The table {@code shop} holds customers (pk CUSTOMER#7, sk PROFILE) and their orders (pk
 * CUSTOMER#7, sk ORDER#1). A plug-in is a pure function: no clock, no random numbers, no state that
 * changes.
 */
public final class ShopMapper implements MappingPlugin, TableMapper {
  private static final String CUSTOMER = "CUSTOMER#";
  private static final String ORDER = "ORDER#";
  private static final String PROFILE = "PROFILE";

  /** Tables other than this one keep the shape that they have. */
  @Override
  public Optional<TableMapper> table(Table table) {
    return table.name().equals("shop") ? Optional.of(this) : Optional.empty();
  }

  @Override
  public List<Collection> collections() {
    return List.of(
        Collection.of("customers").with(new CustomerNumber()),
        Collection.of("orders").with(Index.on("customer")),
        Collection.of("rest"));
  }

  /** A delete gives only the key. The sort key says in which collection the document is. */
  @Override
  public List<String> candidates(Item key) {
    if (isCustomer(key)) {
      return List.of("customers");
    }
    return key.string("sk").orElse("").startsWith(ORDER) ? List.of("orders") : List.of("rest");
  }

  @Override
  public Outcome map(Item item) {
    return switch (candidates(item).get(0)) {
      case "customers" -> Outcome.document("customers", customer(item));
      case "orders" -> order(item);
      default -> Outcome.document("rest", item.copy());
    };
  }

  private static boolean isCustomer(Item key) {
    return key.string("sk").equals(Optional.of(PROFILE))
        && key.string("pk").orElse("").startsWith(CUSTOMER);
  }

  /** Tags such as color:red become the field tags: {color: "red"}. */
  private static BsonDocument customer(Item item) {
    BsonDocument document = item.copy();
    document.remove("sk");
    if (document.isArray("tags")) {
      BsonDocument tags = new BsonDocument();
      for (BsonValue tag : document.getArray("tags")) {
        String text = tag.isString() ? tag.asString().getValue() : "";
        int colon = text.indexOf(':');
        if (colon < 1) {
          // Not a tag with a name: leave all of them as they are.
          return document;
        }
        tags.put(text.substring(0, colon), new BsonString(text.substring(colon + 1)));
      }
      document.put("tags", tags);
    }
    return document;
  }

  private static Outcome order(Item item) {
    BsonDocument document = item.copy();
    document.put("customer", document.get("pk"));
    BigDecimal total = BigDecimal.ZERO;
    for (BsonValue line : document.getArray("lines", new BsonArray())) {
      Optional<BigDecimal> price =
          line.isDocument() && line.asDocument().containsKey("price")
              ? Item.number(line.asDocument().get("price"))
              : Optional.empty();
      if (price.isEmpty()) {
        // The reason goes to the dead letter file.
        return Outcome.reject("lines: a line has no price");
      }
      total = total.add(price.get());
    }
    document.put("total", new BsonDecimal128(new Decimal128(total)));
    return Outcome.document("orders", document);
  }

  /** The _id of a customer is the pk without CUSTOMER#. */
  private static final class CustomerNumber implements Ids {
    @Override
    public Optional<BsonValue> of(Item key) {
      return isCustomer(key)
          ? key.string("pk").map(pk -> new BsonString(pk.substring(CUSTOMER.length())))
          : Optional.empty();
    }

    @Override
    public BsonDocument keyOf(BsonValue id) {
      return new BsonDocument("pk", new BsonString(CUSTOMER + id.asString().getValue()))
          .append("sk", new BsonString(PROFILE));
    }
  }
}
