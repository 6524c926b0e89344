package io.nimoshake.app.config;

/** What keys with a choice of words can be, where core has no type for it. */
public final class Choices {
  private Choices() {}

  /** {@code target.type}. */
  public enum TargetType {
    MONGODB,
    DYNAMODB
  }

  /** {@code target.mongodb.id}: what becomes the {@code _id} of a document. */
  public enum IdLayout {
    KEY,
    OBJECT_ID
  }

  /** {@code on_poison}. */
  public enum OnPoison {
    FAIL,
    DEAD_LETTER
  }

  /** {@code convert.type}. */
  public enum Conversion {
    CHANGE,
    MCHANGE,
    RAW,
    SAME
  }

  /** {@code convert.number_overflow}: a number that Decimal128 cannot hold exactly. */
  public enum NumberOverflow {
    STRING,
    DOUBLE,
    FAIL
  }

  /** {@code checkpoint.type}. */
  public enum CheckpointType {
    MONGODB,
    FILE
  }

  /** {@code log.level}. */
  public enum LogLevel {
    NONE,
    ERROR,
    WARN,
    INFO,
    DEBUG
  }

  /** {@code log.format}. */
  public enum LogFormat {
    TEXT,
    JSON
  }
}
