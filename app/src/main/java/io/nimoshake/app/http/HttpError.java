package io.nimoshake.app.http;

/** A request that is refused. Nothing was changed. */
final class HttpError extends Exception {
  private static final long serialVersionUID = 1;

  private final int status;

  /**
   * @param status the HTTP status of the answer
   * @param message what is wrong, one line for a person; it must not repeat what the client sent
   */
  HttpError(int status, String message) {
    super(message);
    this.status = status;
  }

  static HttpError badRequest(String message) {
    return new HttpError(400, message);
  }

  static HttpError notFound(String message) {
    return new HttpError(404, message);
  }

  int status() {
    return status;
  }
}
