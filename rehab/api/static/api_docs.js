const docs = document.getElementById("docs");
window.SwaggerUIBundle({
  url: docs.dataset.document,
  domNode: docs,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  persistAuthorization: true,
  validatorUrl: null,
});
