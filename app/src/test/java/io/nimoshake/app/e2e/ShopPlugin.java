package io.nimoshake.app.e2e;

import io.nimoshake.plugin.Collection;
import io.nimoshake.plugin.Ids;
import io.nimoshake.plugin.Index;
import io.nimoshake.plugin.Item;
import io.nimoshake.plugin.MappingPlugin;
import io.nimoshake.plugin.Outcome;
import io.nimoshake.plugin.Table;
import io.nimoshake.plugin.TableMapper;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.bson.BsonDateTime;
import org.bson.BsonDocument;
import org.bson.BsonString;
import org.bson.BsonValue;

/**
 * The rules of {@link Shop#MAPPING} as a plug-in. It also writes the tags as one text, which rules
 * cannot: such a text depends on the order in which the plug-in gets a set.
 */
public final class ShopPlugin implements MappingPlugin, TableMapper {
  private static final String CUSTOMER = "CUSTOMER#";
  private static final String PROFILE = "PROFILE";

  @Override
  public Optional<TableMapper> table(Table table) {
    return table.name().equals("shop") ? Optional.of(this) : Optional.empty();
  }

  @Override
  public List<Collection> collections() {
    Map<String, Object> keys = new LinkedHashMap<>();
    keys.put("customer", 1);
    keys.put("total", -1);
    Index index = new Index(keys, Optional.empty(), false, false, OptionalLong.empty());
    return List.of(
        Collection.of("customers").with(new CustomerNumber()),
        Collection.of("orders").with(index),
        Collection.of("drafts"),
        Collection.of("carts"),
        Collection.of("rest"));
  }

  @Override
  public List<String> candidates(Item key) {
    return isCustomer(key) ? List.of("customers") : List.of("orders", "drafts", "carts", "rest");
  }

  private static boolean isCustomer(Item key) {
    return key.string("sk").equals(Optional.of(PROFILE));
  }

  @Override
  public Outcome map(Item item) {
    BsonDocument document = item.copy();
    document.remove("debug");
    document.put("tagText", new BsonString(tagText(document)));
    if (isCustomer(item)) {
      document.put("email", document.remove("mail"));
      return Outcome.document("customers", document);
    }
    switch (item.string("entity").orElse("")) {
      case "Order":
        document.put("customer", document.remove("cust"));
        document.put("at", new BsonDateTime(document.getInt32("at").getValue() * 1_000L));
        return Outcome.document("orders", document);
      case "Draft":
        return Outcome.document("drafts", document);
      case "Cart":
        return Outcome.document("carts", document);
      case "Session":
        return Outcome.ignore();
      default:
        return Outcome.document("rest", document);
    }
  }

  static String tagText(BsonDocument document) {
    return document.getArray("tags").stream()
        .map(tag -> tag.asString().getValue())
        .collect(Collectors.joining(" "));
  }

  /** The _id of a customer is the pk without CUSTOMER#. */
  public static final class CustomerNumber implements Ids {
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
