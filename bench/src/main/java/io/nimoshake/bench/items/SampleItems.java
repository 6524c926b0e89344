package io.nimoshake.bench.items;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** Makes sample items as DynamoDB JSON. They are the same in every run. */
public final class SampleItems {
  private static final int PAGE_BYTES = 1_000_000;

  private final Random random = new Random(7);

  private SampleItems() {}

  /**
   * A Scan page of about 1 MB of items of one kind: {@code small}, {@code mixed}, {@code large} or
   * {@code numbers}.
   */
  public static byte[] scanPage(String kind) {
    SampleItems samples = new SampleItems();
    StringBuilder items = new StringBuilder("{\"Count\":COUNT,\"Items\":[");
    int count = 0;
    while (items.length() < PAGE_BYTES) {
      items.append(count == 0 ? "" : ",").append(samples.item(kind, "item-" + count));
      count++;
    }
    items.append("],\"ScannedCount\":COUNT,\"LastEvaluatedKey\":{\"id\":{\"S\":\"item-0\"}}}");
    return items.toString().replace("COUNT", "" + count).getBytes(StandardCharsets.UTF_8);
  }

  /** Items of one kind. All have the same key. */
  public static List<String> of(String kind, String id, int count) {
    SampleItems samples = new SampleItems();
    return IntStream.range(0, count).mapToObj(i -> samples.item(kind, id)).toList();
  }

  private String item(String kind, String id) {
    return switch (kind) {
      case "small" -> small(id);
      case "mixed" -> mixed(id);
      case "large" -> large(id);
      case "numbers" -> numbers(id);
      default -> throw new IllegalArgumentException(kind);
    };
  }

  /** 100 bytes, no nesting. */
  private String small(String id) {
    return "{\"id\":"
        + s(id)
        + ",\"name\":"
        + s(text(20))
        + ",\"count\":"
        + n(random.nextInt(100_000))
        + ",\"on\":{\"BOOL\":true}}";
  }

  /** 1 KB, 14 attributes of every type. */
  private String mixed(String id) {
    return "{\"id\":"
        + s(id)
        + ",\"title\":"
        + s(text(60))
        + ",\"body\":"
        + s(text(180))
        + ",\"city\":"
        + s("Z\u00fcrich \u2014 \u6771\u4eac")
        + ",\"price\":"
        + n(random.nextInt(100_000) + "." + (10 + random.nextInt(89)))
        + ",\"stock\":"
        + n(random.nextInt(1_000))
        + ",\"created\":"
        + n(1_700_000_000_000L + random.nextInt(1_000_000_000))
        + ",\"active\":{\"BOOL\":"
        + random.nextBoolean()
        + "},\"parent\":{\"NULL\":true},\"hash\":{\"B\":\""
        + binary(48)
        + "\"},\"tags\":{\"SS\":[\""
        + text(8)
        + "\",\""
        + text(9)
        + "\",\""
        + text(10)
        + "\"]},\"sizes\":{\"NS\":[\"1\",\"22\",\"3.5\"]},\"address\":{\"M\":{\"street\":"
        + s(text(25))
        + ",\"zip\":"
        + s("8001")
        + ",\"geo\":{\"M\":{\"lat\":"
        + n("47.3769" + random.nextInt(1000))
        + ",\"lon\":"
        + n("8.5417" + random.nextInt(1000))
        + "}}}},\"history\":{\"L\":[{\"M\":{\"at\":"
        + n(1_700_000_000 + random.nextInt(10_000))
        + ",\"what\":"
        + s("created")
        + "}},{\"M\":{\"at\":"
        + n(1_700_000_000 + random.nextInt(10_000))
        + ",\"what\":"
        + s("sold \"twice\"").replace("\"twice\"", "\\\"twice\\\"")
        + "}}]}}";
  }

  /** 100 KB: long text, binary, and a list of 500 maps. */
  private String large(String id) {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 500; i++) {
      lines.append(i == 0 ? "" : ",");
      lines.append("{\"M\":{\"sku\":").append(s(text(12))).append(",\"quantity\":");
      lines.append(n(random.nextInt(50))).append("}}");
    }
    return "{\"id\":"
        + s(id)
        + ",\"text\":"
        + s(text(40_000))
        + ",\"blob\":{\"B\":\""
        + binary(20_000)
        + "\"},\"lines\":{\"L\":["
        + lines
        + "]}}";
  }

  /** 40 numbers of every length, half of them with a fraction. */
  private String numbers(String id) {
    StringBuilder item = new StringBuilder("{\"id\":").append(s(id));
    for (int i = 0; i < 40; i++) {
      StringBuilder digits = new StringBuilder().append(1 + random.nextInt(9));
      for (int d = random.nextInt(i < 30 ? 10 : 33); d > 0; d--) {
        digits.append((char) ('0' + random.nextInt(10)));
      }
      if (i % 2 == 0) {
        digits.append('.').append(random.nextInt(100)).append(1 + random.nextInt(9));
      }
      item.append(",\"metric").append(i).append("\":").append(n(digits));
    }
    return item.append('}').toString();
  }

  private static String s(String text) {
    return "{\"S\":\"" + text + "\"}";
  }

  private static String n(Object number) {
    return "{\"N\":\"" + number + "\"}";
  }

  private String text(int length) {
    StringBuilder text = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      text.append((char) (random.nextInt(6) == 0 ? ' ' : 'a' + random.nextInt(26)));
    }
    return text.toString();
  }

  private String binary(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return Base64.getEncoder().encodeToString(bytes);
  }
}
