package io.nimoshake.flink.wire;

import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.ItemKey;
import io.nimoshake.core.model.KeyAttribute;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Rejected;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.WriteMode;
import java.util.Set;
import java.util.TreeSet;

/** The binary form of the model's values. The tag of a kind is never used for another kind. */
public final class ModelCodec {
  private ModelCodec() {}

  public static void position(Encoder out, Position position) {
    if (position instanceof Position.Beginning) {
      out.tag(0);
    } else if (position instanceof Position.At at) {
      out.tag(1).text(at.token());
    } else if (position instanceof Position.After after) {
      out.tag(2).text(after.token());
    } else {
      out.tag(3);
    }
  }

  public static Position position(Decoder in) {
    int tag = in.tag();
    return switch (tag) {
      case 0 -> Position.BEGINNING;
      case 1 -> new Position.At(in.text());
      case 2 -> new Position.After(in.text());
      case 3 -> Position.END;
      default -> throw Decoder.unknown("position", tag);
    };
  }

  public static void split(Encoder out, Split split) {
    if (split instanceof Split.ScanSegment segment) {
      out.tag(0).text(segment.table()).number(segment.index()).number(segment.total());
    } else if (split instanceof Split.StreamShard shard) {
      out.tag(1)
          .text(shard.table())
          .text(shard.streamArn())
          .text(shard.shardId())
          .all(new TreeSet<>(shard.parents()), Encoder::text)
          .optional(shard.endingSequenceNumber(), Encoder::text)
          .instant(shard.ignoreBefore());
    } else if (split instanceof Split.ExportFile file) {
      out.tag(2).text(file.table()).text(file.export()).number(file.index()).number(file.total());
    } else if (split instanceof Split.ChangeStream stream) {
      out.tag(3).text(stream.table());
    } else if (split instanceof Split.ChangeFile file) {
      out.tag(4)
          .text(file.table())
          .number(file.window())
          .text(file.export())
          .number(file.index())
          .number(file.total());
    } else if (split instanceof Split.Documents documents) {
      out.tag(5).text(documents.table());
    } else if (split instanceof Split.Leftovers leftovers) {
      out.tag(6).text(leftovers.table()).number(leftovers.index()).number(leftovers.total());
    }
  }

  public static Split split(Decoder in) {
    int tag = in.tag();
    return switch (tag) {
      case 0 -> new Split.ScanSegment(in.text(), in.smallNumber(), in.smallNumber());
      case 1 ->
          new Split.StreamShard(
              in.text(),
              in.text(),
              in.text(),
              Set.copyOf(in.all(Decoder::text)),
              in.optional(Decoder::text),
              in.instant());
      case 2 -> new Split.ExportFile(in.text(), in.text(), in.smallNumber(), in.smallNumber());
      case 3 -> new Split.ChangeStream(in.text());
      case 4 ->
          new Split.ChangeFile(
              in.text(), in.smallNumber(), in.text(), in.smallNumber(), in.smallNumber());
      case 5 -> new Split.Documents(in.text());
      case 6 -> new Split.Leftovers(in.text(), in.smallNumber(), in.smallNumber());
      default -> throw Decoder.unknown("split", tag);
    };
  }

  public static void mode(Encoder out, WriteMode mode) {
    out.tag(
        switch (mode) {
          case COPY_IF_ABSENT -> 0;
          case COPY_REPLACE -> 1;
          case STREAM_WITH_TOMBSTONES -> 2;
          case STREAM -> 3;
        });
  }

  public static WriteMode mode(Decoder in) {
    int tag = in.tag();
    return switch (tag) {
      case 0 -> WriteMode.COPY_IF_ABSENT;
      case 1 -> WriteMode.COPY_REPLACE;
      case 2 -> WriteMode.STREAM_WITH_TOMBSTONES;
      case 3 -> WriteMode.STREAM;
      default -> throw Decoder.unknown("write mode", tag);
    };
  }

  public static void schema(Encoder out, TableSchema schema) {
    out.text(schema.name());
    keyAttribute(out, schema.hash());
    out.optional(schema.range(), ModelCodec::keyAttribute)
        .all(schema.indexes(), ModelCodec::index)
        .number(schema.approximateItems())
        .number(schema.approximateBytes());
  }

  public static TableSchema schema(Decoder in) {
    return new TableSchema(
        in.text(),
        keyAttribute(in),
        in.optional(ModelCodec::keyAttribute),
        in.all(ModelCodec::index),
        in.number(),
        in.number());
  }

  private static void index(Encoder out, TableSchema.SecondaryIndex index) {
    out.text(index.name())
        .flag(index.global())
        .all(index.hash(), ModelCodec::keyAttribute)
        .all(index.range(), ModelCodec::keyAttribute)
        .tag(
            switch (index.projection().kind()) {
              case ALL -> 0;
              case KEYS_ONLY -> 1;
              case INCLUDE -> 2;
            })
        .all(index.projection().attributes(), Encoder::text);
  }

  private static TableSchema.SecondaryIndex index(Decoder in) {
    return new TableSchema.SecondaryIndex(
        in.text(),
        in.flag(),
        in.all(ModelCodec::keyAttribute),
        in.all(ModelCodec::keyAttribute),
        projection(in));
  }

  private static TableSchema.Projection projection(Decoder in) {
    int tag = in.tag();
    return new TableSchema.Projection(
        switch (tag) {
          case 0 -> TableSchema.Projection.Kind.ALL;
          case 1 -> TableSchema.Projection.Kind.KEYS_ONLY;
          case 2 -> TableSchema.Projection.Kind.INCLUDE;
          default -> throw Decoder.unknown("projection", tag);
        },
        in.all(Decoder::text));
  }

  private static void keyAttribute(Encoder out, KeyAttribute attribute) {
    out.text(attribute.name())
        .tag(
            switch (attribute.type()) {
              case S -> 0;
              case N -> 1;
              case B -> 2;
            });
  }

  private static KeyAttribute keyAttribute(Decoder in) {
    String name = in.text();
    int tag = in.tag();
    return new KeyAttribute(
        name,
        switch (tag) {
          case 0 -> KeyAttribute.Type.S;
          case 1 -> KeyAttribute.Type.N;
          case 2 -> KeyAttribute.Type.B;
          default -> throw Decoder.unknown("key type", tag);
        });
  }

  public static void change(Encoder out, Change change) {
    if (change instanceof Change.Upsert upsert) {
      out.tag(0).slice(upsert.key().encoded()).slice(upsert.document());
    } else {
      out.tag(1).slice(change.key().encoded());
    }
  }

  public static Change change(Decoder in) {
    int tag = in.tag();
    return switch (tag) {
      case 0 -> new Change.Upsert(new ItemKey(in.slice()), in.slice());
      case 1 -> new Change.Delete(new ItemKey(in.slice()));
      default -> throw Decoder.unknown("change", tag);
    };
  }

  public static void rejected(Encoder out, Rejected rejected) {
    out.text(rejected.table()).text(rejected.key()).text(rejected.reason()).text(rejected.item());
  }

  public static Rejected rejected(Decoder in) {
    return new Rejected(in.text(), in.text(), in.text(), in.text());
  }
}
