package io.nimoshake.dynamodb.file;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** The checksum that an export has for each of its files. */
final class Md5 {
  private Md5() {}

  static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("MD5");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has MD5", e);
    }
  }
}
