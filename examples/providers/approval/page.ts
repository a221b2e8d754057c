/** The page around the element that approves: the look, the words and the script are those of the sign-in pages. */
export function approvalsPage(): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Approvals · Acme</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/auth/assets/cofactor.css">
<link rel="stylesheet" href="/auth/extensions/approval/approval.css">
<script type="module" src="/auth/extensions/approval/approvals.js"></script>
</head>
<body>
<main><approval-requests></approval-requests></main>
</body>
</html>
`;
}
