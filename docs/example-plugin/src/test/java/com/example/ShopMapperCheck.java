package com.example;

import io.nimoshake.plugin.Table;
import io.nimoshake.plugin.Table.KeyType;
import io.nimoshake.plugin.contract.PluginConformance;
import org.bson.BsonDocument;

/** Tests that the plug-in keeps its contract. A test of any framework can call it. */
public final class ShopMapperCheck {
  private ShopMapperCheck() {}

  public static void main(String[] arguments) {
    PluginConformance.of(ShopMapper::new)
        .table(Table.of("shop", "pk", KeyType.S, "sk", KeyType.S))
        .items(
            BsonDocument.parse(
                "{pk: 'CUSTOMER#7', sk: 'PROFILE', name: 'Ada', tags: ['color:red', 'size:XL']}"),
            BsonDocument.parse(
                "{pk: 'CUSTOMER#7', sk: 'ORDER#1', lines: [{article: 'A1', price: 12}]}"),
            BsonDocument.parse("{pk: 'CONFIG', sk: 'v1', theme: 'dark'}"))
        .check();
    System.out.println("the plug-in keeps its contract");
  }
}
